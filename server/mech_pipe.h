/*
 * The descriptors of rpcalld --stdio, moved above 2 by main() before anything
 * could print to them.
 */
#ifndef RPCALLD_MECH_PIPE_H
#define RPCALLD_MECH_PIPE_H

extern int mech_pipe_stdin, mech_pipe_stdout;

#endif
