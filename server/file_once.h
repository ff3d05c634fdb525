/*
 * Once for each opid (idl/file.x): the answers to the last FILE_ONCE_MAX
 * operations that changed something, so that a call that arrives again gets
 * the first one's answer and nothing is done twice. Where there are more, the
 * oldest goes of the identity that has the most.
 */
#ifndef RPCALLD_FILE_ONCE_H
#define RPCALLD_FILE_ONCE_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"

enum { FILE_ONCE_MAX = 1024 };

/*
 * Runs op(args, res), or copies the result of the earlier run of procedure
 * proc with this opid, waiting for it if it is under way. size bytes of
 * result, without pointers. From any thread, for the identity that
 * file_once_for() told last in it (share.h).
 */
void file_once(const file_opid opid, uint32_t proc,
    void (*op)(void *args, void *res), void *args, void *res, size_t size);
void file_once_for(unsigned share);

#endif
