// Tar archives and their compression (libarchive).
#include <archive.h>
#include <archive_entry.h>
