/*
 * secret.h - 256 random bits as text, for tokens and sessions. Thread: any.
 */
#ifndef API_IDENTITY_SECRET_H
#define API_IDENTITY_SECRET_H

#define SECRET_TEXT_SIZE 69 /* "zcd_", 64 hexadecimal digits and NUL */

/* A fresh one; returns text. "zcd_" stands in front so that whoever searches files for secrets finds it. */
const char *secret_new(char text[SECRET_TEXT_SIZE]);

#endif
