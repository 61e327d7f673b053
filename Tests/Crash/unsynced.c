// What a power failure takes: writes that were not synced.
//
// As a library (cc -shared -fPIC) preloaded into a process, notes every write to a file below
// NEEDLETAIL_CRASH_FOLDER that was not synced yet in the file NEEDLETAIL_CRASH_JOURNAL, with what stood
// there before. The notes outlive the process.
//
// As a program (cc -DLOSE), `lose JOURNAL FOLDER SEED` then does to these writes what a power failure
// may do: takes them back, all of a file or some of them, or tears them at borders of 512 bytes.
//
// C, because calls of the C library are intercepted.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NOTE_COUNT = 1 << 12, KEPT_BYTES = 4096, SECTOR = 512 };

/// A write that is not synced.
typedef struct {
  uint64_t offset;
  uint64_t length;
  /// How many bytes the file had before.
  uint64_t size_before;
  /// How many bytes of what stood there are kept below.
  uint64_t kept;
  unsigned char before[KEPT_BYTES];
} note;

typedef struct {
  /// Set when there were more notes than room: the run proves nothing.
  uint64_t is_full;
  /// The file of each note; zero where there is none.
  uint64_t inodes[NOTE_COUNT];
  note notes[NOTE_COUNT];
} journal;

static journal *map_journal(const char *path, int flags) {
  int file = open(path, O_RDWR | flags, 0644);
  if (file < 0 || ftruncate(file, sizeof(journal)) != 0) return NULL;
  void *memory = mmap(NULL, sizeof(journal), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

#ifndef LOSE

static journal *notes_of_process;
static char folder[4096];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  const char *path = getenv("NEEDLETAIL_CRASH_JOURNAL");
  const char *below = getenv("NEEDLETAIL_CRASH_FOLDER");
  if (path && below && realpath(below, folder)) notes_of_process = map_journal(path, O_CREAT);
}

/// Whether a file lies below the folder; its state, if so.
static int is_watched(int file, struct stat *state) {
  if (!notes_of_process || fstat(file, state) != 0 || !S_ISREG(state->st_mode)) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  // The log for people, which is never synced and never read.
  const char *name = strrchr(path, '/');
  if (name && strncmp(name, "/LOG", 4) == 0) return 0;
  size_t prefix = strlen(folder);
  return strncmp(path, folder, prefix) == 0 && path[prefix] == '/';
}

/// Notes a write that is about to happen.
static void note_write(int file, uint64_t offset, size_t length) {
  struct stat state;
  if (length == 0 || !is_watched(file, &state)) return;
  pthread_mutex_lock(&lock);
  int place = -1;
  for (int i = 0; i < NOTE_COUNT; i++) {
    const note *other = &notes_of_process->notes[i];
    if (notes_of_process->inodes[i] == 0) {
      if (place < 0) place = i;
    } else if (notes_of_process->inodes[i] == state.st_ino && other->offset == offset &&
               other->length == length && other->kept == length) {
      // Written over again: what is on disk is what stood there before the first time.
      pthread_mutex_unlock(&lock);
      return;
    }
  }
  if (place >= 0) {
    note *new_note = &notes_of_process->notes[place];
    uint64_t size = state.st_size;
    new_note->offset = offset;
    new_note->length = length;
    new_note->size_before = size;
    new_note->kept = 0;
    if (offset < size) {
      uint64_t overlap = size - offset < length ? size - offset : length;
      if (overlap > KEPT_BYTES) overlap = KEPT_BYTES;
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", file);
      int reader = open(link, O_RDONLY);
      ssize_t count = reader < 0 ? 0 : pread(reader, new_note->before, overlap, offset);
      if (reader >= 0) close(reader);
      new_note->kept = count < 0 ? 0 : count;
    }
    __atomic_store_n(&notes_of_process->inodes[place], state.st_ino, __ATOMIC_RELEASE);
  } else {
    notes_of_process->is_full = 1;
  }
  pthread_mutex_unlock(&lock);
}

ssize_t write(int file, const void *bytes, size_t length) {
  if (notes_of_process) {
    int flags = fcntl(file, F_GETFL);
    struct stat state;
    off_t at = lseek(file, 0, SEEK_CUR);
    if (at >= 0 && fstat(file, &state) == 0) {
      note_write(file, flags & O_APPEND ? state.st_size : at, length);
    }
  }
  return real_write(file, bytes, length);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
  note_write(file, offset, length);
  return real_pwrite(file, bytes, length, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
  note_write(file, offset, length);
  return real_pwrite(file, bytes, length, offset);
}

/// Syncs and forgets the notes that were there before.
static int sync_and_forget(int file, int (*sync)(int)) {
  struct stat state;
  if (!is_watched(file, &state)) return sync(file);
  static __thread unsigned char was_there[NOTE_COUNT];
  pthread_mutex_lock(&lock);
  for (int i = 0; i < NOTE_COUNT; i++) {
    was_there[i] = notes_of_process->inodes[i] == state.st_ino;
  }
  pthread_mutex_unlock(&lock);
  int result = sync(file);
  if (result != 0) return result;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < NOTE_COUNT; i++) {
    if (was_there[i]) __atomic_store_n(&notes_of_process->inodes[i], 0, __ATOMIC_RELEASE);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int file) { return sync_and_forget(file, real_fsync); }

int fdatasync(int file) { return sync_and_forget(file, real_fdatasync); }

#else

static uint64_t random_state;

static uint64_t below(uint64_t bound) {
  random_state += 0x9e3779b97f4a7c15;
  uint64_t mixed = random_state;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return (mixed ^ mixed >> 31) % bound;
}

static journal *found;

/// Puts back a range of a file to what stood there before a write.
static void take_back(int file, const note *write, uint64_t start, uint64_t end) {
  for (uint64_t at = start; at < end; at++) {
    unsigned char byte = at - write->offset < write->kept ? write->before[at - write->offset] : 0;
    // Beyond what was kept, only bytes that were not there before can be taken back.
    if (at - write->offset >= write->kept && at < write->size_before) continue;
    if (pwrite(file, &byte, 1, at) != 1) exit(3);
  }
}

static int lose_of_file(const char *path, const struct stat *state, int type, struct FTW *where) {
  (void)where;
  if (type != FTW_F) return 0;
  uint64_t synced = UINT64_MAX, end = 0;
  for (int i = 0; i < NOTE_COUNT; i++) {
    const note *write = &found->notes[i];
    if (found->inodes[i] != state->st_ino) continue;
    if (write->size_before < synced) synced = write->size_before;
    if (write->offset + write->length > end) end = write->offset + write->length;
  }
  if (synced == UINT64_MAX) return 0;
  int file = open(path, O_RDWR);
  if (file < 0) exit(3);
  // All of it reaches the disk, nothing does, or some.
  uint64_t fate = below(4);
  for (int i = NOTE_COUNT - 1; fate > 0 && i >= 0; i--) {
    const note *write = &found->notes[i];
    if (found->inodes[i] != state->st_ino) continue;
    uint64_t last = write->offset + write->length;
    if (last > (uint64_t)state->st_size) last = state->st_size;
    if (fate == 1 || below(2) == 0) {
      take_back(file, write, write->offset, last);
    } else if (below(2) == 0) {
      for (uint64_t at = write->offset; at < last;) {
        uint64_t next = (at / SECTOR + 1) * SECTOR;
        if (next > last) next = last;
        if (below(2) == 0) take_back(file, write, at, next);
        at = next;
      }
    }
  }
  if (fate > 0 && end > synced && end >= (uint64_t)state->st_size) {
    uint64_t size = fate == 1 ? synced : synced + below(state->st_size - synced + 1);
    if (size < (uint64_t)state->st_size && ftruncate(file, size) != 0) exit(3);
  }
  close(file);
  return 0;
}

int main(int count, char **words) {
  if (count != 4) {
    fprintf(stderr, "usage: lose JOURNAL FOLDER SEED\n");
    return 2;
  }
  found = map_journal(words[1], 0);
  if (!found || found->is_full) {
    fprintf(stderr, "lose: the journal cannot be used\n");
    return 2;
  }
  random_state = strtoull(words[3], NULL, 10);
  uint64_t lost = 0;
  for (int i = 0; i < NOTE_COUNT; i++) lost += found->inodes[i] != 0;
  if (nftw(words[2], lose_of_file, 16, FTW_PHYS) != 0) return 3;
  printf("%llu\n", (unsigned long long)lost);
  return 0;
}

#endif
