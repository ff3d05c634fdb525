/*
 * --pcap FILE: the exchange as a pcapng file, which Wireshark and tshark
 * decode. Messages are whole ones, as in -v: a record in one fragment.
 *
 * What goes over TCP and UDP has its real addresses and ports. What has none
 * is shown as TCP from a port of 127.0.0.1 to its port 111, where dissectors
 * look for ONC RPC; the lean frame is shown as the ONC RPC call or reply
 * that says the same, with the same arguments and results. Each packet's
 * comment tells what it was.
 */
#ifndef RPCALL_WIRE_PCAP_H
#define RPCALL_WIRE_PCAP_H

#include "failure.h"

/* From now on to the file, "-": stdout, and what is printed to stderr. 0, or
 * f's code negated: EXIT_USAGE (a terminal), EXIT_CANTCREATE. */
int pcap_start(const char *path, struct failure *f);

/* Could all be written? 0, or f's code negated: EXIT_CANTCREATE. */
int pcap_finish(struct failure *f);

#define PCAP_ARG \
	{ "pcap", 0, OPTION_TEXT, "FILE", "write the exchange there, as " \
	    "pcapng for tshark", &common.pcap }

#endif
