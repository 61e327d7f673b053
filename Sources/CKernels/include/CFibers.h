// Fibers: several stacks on one thread, of which one runs at a time. What changes from one stack to
// another cannot be said in Swift.
#ifndef NEEDLETAIL_CFIBERS_H
#define NEEDLETAIL_CFIBERS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct nt_fiber nt_fiber;

/// A fiber that will run entry(argument) on a stack of its own; NULL when there is no memory. The
/// stack takes memory only as far as it is used.
nt_fiber *nt_fiber_create(size_t stack_size, void (*entry)(void *), void *argument);

/// Runs the fiber until it passes or ends; false once it has ended. Fibers do not nest.
bool nt_fiber_resume(nt_fiber *fiber);

/// Goes back to whoever resumed the fiber that runs on this thread; does nothing outside of fibers.
void nt_fiber_pass(void);

/// Makes a fiber that has ended, or never ran, ready to run from its beginning.
void nt_fiber_restart(nt_fiber *fiber);

/// Frees the fiber, which must not be in the middle of its run.
void nt_fiber_destroy(nt_fiber *fiber);

#endif
