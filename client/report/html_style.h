/*
 * The style sheet of the HTML report, written into the page so that it is
 * one file. Light and dark, wide and narrow, screen and paper.
 */
#ifndef RPCALL_HTML_STYLE_H
#define RPCALL_HTML_STYLE_H

extern const char html_style[];

#endif
