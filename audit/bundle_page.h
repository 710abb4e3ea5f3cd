/*
 * bundle_page.h - README.html of a bundle: what to verify and how, in Chinese and English, with nothing of ours but the
 * key and the formats. One constant page: nothing of a record stands in it.
 */
#ifndef AUDIT_BUNDLE_PAGE_H
#define AUDIT_BUNDLE_PAGE_H

#include "base/bytes.h"

struct bytes bundle_page(void); /* static storage */

#endif
