/*
 * Whose count a thread adds to: see kernel.h. Set by the daemon's workers and
 * by the client's measuring verbs.
 */
#include "kernel.h"

_Thread_local struct kernel_tally *kernel_tally;
