/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), written one by one:
 * after each of them the file is a whole one. In the byte order of this
 * machine, as the section header says.
 */
#ifndef RPCALL_WIRE_PCAPNG_H
#define RPCALL_WIRE_PCAPNG_H

#include <stddef.h>
#include <stdint.h>

enum { PCAPNG_LINK_RAW = 101 };		/* LINKTYPE_RAW: an IP packet */

/* Each writes one block to fd: 0 or -errno. */

/* The section's: which machine, system and program wrote it. */
int pcapng_section(int fd, const char *hardware, const char *os,
    const char *application);

/* An interface, numbered from 0; its times are in ns. */
int pcapng_interface(int fd, uint16_t link, const char *name,
    const char *description);

/* A packet at ns since 1970; comment may be NULL. */
int pcapng_packet(int fd, uint32_t interface, uint64_t ns, const void *data,
    size_t n, const char *comment);

#endif
