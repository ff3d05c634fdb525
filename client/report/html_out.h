/*
 * Pieces that all files of the HTML report share: escaping, numbers as cells
 * show them, and which colour and mark a mechanism has throughout the page.
 */
#ifndef RPCALL_HTML_OUT_H
#define RPCALL_HTML_OUT_H

#include <stdio.h>

#include "measure/result.h"

enum { HTML_COLOURS = 8, TIME_TEXT = 32 };

/* Writes text that came from data, in an element or a quoted attribute. */
void html_text(FILE *out, const char *text);

/* The same, cut to that many columns where it is longer. */
void html_text_short(FILE *out, const char *text, unsigned columns);

/* Writes v with groups of three digits, or a dash for NAN. What sorts and
 * tests read is the value itself, in a <data> around it. */
void html_number(FILE *out, double v, int decimals);

/* Writes the ratio, its interval smaller beside it. */
void html_ratio(FILE *out, const struct interval *x);

/* Class k0 ... k7 of the mechanism: the same colour in every chart. */
unsigned html_colour(const struct result *r, const char *name);

/* The mark that goes with a colour, so that colour alone says nothing. */
const char *html_mark(unsigned colour);

/* "640 ns", "8.12 µs", "1.5 ms": up to three digits, or "-" for NAN. */
void time_print(char buf[TIME_TEXT], double ns);

#endif
