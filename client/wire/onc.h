/*
 * Lean frames as the ONC RPC messages that say the same, for --pcap.
 */
#ifndef RPCALL_WIRE_ONC_H
#define RPCALL_WIRE_ONC_H

#include <stdbool.h>

#include "buf.h"

/*
 * Appends the message that stands for a frame, a call or a reply, with its
 * arguments or results; what is no whole head stays as it is. *grown gets
 * the bytes that it is longer than the frame. 0 or -ENOMEM.
 */
int onc_of_frame(const uint8_t *frame, size_t len, bool call,
    struct buf *out, size_t *grown);

#endif
