// The frames of WebSockets (wslay): masking, fragments, closing, and whether text is UTF-8.
#include <wslay/wslay.h>
