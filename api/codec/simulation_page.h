/*
 * simulation_page.h - the same report as a page for people: one HTML file in Chinese and English that loads nothing from elsewhere.
 *
 * Pure. Thread: any.
 */
#ifndef API_CODEC_SIMULATION_PAGE_H
#define API_CODEC_SIMULATION_PAGE_H

#include "api/codec/simulation_encode.h"

/* Append the page. What came from files (names, titles, messages) is escaped; a policy in the page forbids every script and resource. */
void simulation_page(const struct simulation *simulation, const struct simulation_policy policies[COMPARISON_SIDES],
                     struct buffer *html);

#endif
