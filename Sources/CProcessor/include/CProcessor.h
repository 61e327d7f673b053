// Linked into the executable, this module ends it with one clear line where the processor lacks
// instructions that the build uses. It has no interface: it acts before `main`.
#ifndef NEEDLETAIL_CPROCESSOR_H
#define NEEDLETAIL_CPROCESSOR_H
#endif
