// The checks of longjmp know of one stack only.
#undef _FORTIFY_SOURCE
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE

#include "CFibers.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#endif

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

// A context leads onto the stack; from there on jumps lead to and fro, which ask nothing of the system.
struct nt_fiber {
  ucontext_t context;
  jmp_buf resumer;
  jmp_buf place;
  void (*entry)(void *);
  void *argument;
  char *stack;
  size_t size;
  bool has_begun;
  bool has_ended;
};

static _Thread_local nt_fiber *current;

// makecontext passes ints only.
static void run(unsigned high, unsigned low) {
  nt_fiber *fiber = (nt_fiber *)(uintptr_t)((uint64_t)high << 32 | low);
  fiber->entry(fiber->argument);
  fiber->has_ended = true;
  _longjmp(fiber->resumer, 1);
}

void nt_fiber_restart(nt_fiber *fiber) {
  uint64_t address = (uint64_t)(uintptr_t)fiber;
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = fiber->size;
  fiber->context.uc_link = NULL;
  makecontext(
      &fiber->context, (void (*)(void))run, 2, (unsigned)(address >> 32), (unsigned)address);
  fiber->has_begun = false;
  fiber->has_ended = false;
}

nt_fiber *nt_fiber_create(size_t stack_size, void (*entry)(void *), void *argument) {
  nt_fiber *fiber = malloc(sizeof *fiber);
  if (!fiber) return NULL;
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  fiber->size = (stack_size + 2 * page - 1) / page * page;
  fiber->stack = mmap(
      NULL, fiber->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
      0);
  if (fiber->stack == MAP_FAILED) {
    free(fiber);
    return NULL;
  }
  // A stack that overflows must not run into other memory.
  mprotect(fiber->stack, page, PROT_NONE);
  fiber->entry = entry;
  fiber->argument = argument;
  nt_fiber_restart(fiber);
  return fiber;
}

bool nt_fiber_resume(nt_fiber *fiber) {
  if (fiber->has_ended) return false;
  current = fiber;
  if (_setjmp(fiber->resumer) == 0) {
    if (fiber->has_begun) _longjmp(fiber->place, 1);
    fiber->has_begun = true;
    setcontext(&fiber->context);
  }
  current = NULL;
  return !fiber->has_ended;
}

void nt_fiber_pass(void) {
  nt_fiber *fiber = current;
  if (fiber && _setjmp(fiber->place) == 0) _longjmp(fiber->resumer, 1);
}

void nt_fiber_destroy(nt_fiber *fiber) {
  munmap(fiber->stack, fiber->size);
  free(fiber);
}
