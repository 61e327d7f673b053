// Asks the processor for what the build took for granted (-march=x86-64-v3), before anything else runs.
#include "CProcessor.h"

#if defined(__x86_64__) && defined(__AVX2__)

#include <unistd.h>

// Before other constructors, which may use those instructions; itself compiled without them.
__attribute__((constructor(101), target("no-avx,no-bmi,no-bmi2,no-lzcnt,no-movbe")))
static void require_processor(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3")) return;
  static const char message[] =
      "needletail: this build needs a processor of level x86-64-v3 (AVX2, BMI2, FMA); "
      "build it on this machine without -march=x86-64-v3\n";
  ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
  _exit(written < 0 ? 3 : 2);
}

#endif
