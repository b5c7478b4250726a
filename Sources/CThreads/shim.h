#ifndef SYRPC_CTHREADS_H
#define SYRPC_CTHREADS_H

#include <pthread.h>
#include <stddef.h>

/* Starts a thread that nobody waits for, with a stack of its own size. Gives 0, or an errno. */
static inline int syrpc_start_thread(size_t stack_size, void *(*run)(void *), void *context) {
  pthread_t thread;
  pthread_attr_t attributes;
  int status = pthread_attr_init(&attributes);
  if (status != 0) return status;
  status = pthread_attr_setstacksize(&attributes, stack_size);
  if (status == 0) status = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (status == 0) status = pthread_create(&thread, &attributes, run, context);
  pthread_attr_destroy(&attributes);
  return status;
}

/* Where the caller is on its thread's stack. No address of a variable: the address sanitizer keeps those elsewhere. */
static inline void *syrpc_stack_position(void) { return __builtin_frame_address(0); }

/* The lowest address of the calling thread's stack, and its size in bytes; 0 if the system does not say. */
#if defined(__APPLE__)

static inline size_t syrpc_stack_size(void **lowest) {
  pthread_t thread = pthread_self();
  size_t size = pthread_get_stacksize_np(thread);
  *lowest = (char *)pthread_get_stackaddr_np(thread) - size;
  return size;
}

#else

/* glibc and musl declare it for _GNU_SOURCE alone, which Swift does not define. */
extern int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);

static inline size_t syrpc_stack_size(void **lowest) {
  pthread_attr_t attributes;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  if (pthread_attr_getstack(&attributes, lowest, &size) != 0) size = 0;
  pthread_attr_destroy(&attributes);
  return size;
}

#endif

#endif
