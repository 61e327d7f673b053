// The door's other side: a handler for exceptions that nobody catches.
#include "CLastWords.h"

#include <cstring>
#include <exception>
#include <new>
#include <system_error>
#include <unistd.h>

namespace {

std::terminate_handler previous_handler;

[[noreturn]] void end_with(const char *words) {
  // Whether it can be written changes nothing.
  (void)!write(STDERR_FILENO, words, std::strlen(words));
  _exit(2);
}

[[noreturn]] void handle_terminate() {
  if (auto exception = std::current_exception()) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::bad_alloc &) {
      end_with(
          "needletail: there is not enough memory to go on; allow more (ulimit -v), or make the "
          "cache smaller; nothing is lost that was acknowledged\n");
    } catch (const std::system_error &error) {
      if (error.code() == std::errc::resource_unavailable_try_again) {
        end_with(
            "needletail: the system starts no more threads; allow more (ulimit -u); nothing is "
            "lost that was acknowledged\n");
      }
    } catch (...) {
    }
  }
  previous_handler();
  _exit(2);
}

}  // namespace

extern "C" void nt_tell_what_is_missing(void) {
  previous_handler = std::set_terminate(handle_terminate);
}
