/*
 * The part of the client engine that is for datagrams: calls of one size leave
 * as a train (train.h), and a train of replies is taken one by one. Called by
 * conn.c alone.
 */
#ifndef RPCALL_CONN_DATAGRAM_H
#define RPCALL_CONN_DATAGRAM_H

#include "conn.h"

void conn_datagram_init(struct conn *c);

/* What is queued from start on joins the train that waits; where it cannot,
 * that leaves first. 0 or -errno. */
int conn_datagram_join(struct conn *c, size_t start);

/* Sends the train: 0 or -errno. */
int conn_datagram_send(struct conn *c);

/* One read of a datagram or a train: bytes, 0 for an empty one, or -errno. */
ssize_t conn_datagram_read(struct conn *c);

/* The next datagram of what was read: 1, or 0. */
int conn_datagram_next(struct conn *c, const uint8_t **msg, size_t *len);

#endif
