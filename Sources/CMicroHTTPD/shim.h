// A server of HTTP (libmicrohttpd). Starting it takes a variable number of arguments, and its answers are
// macros, neither of which Swift can use: here they stand with the options that are used.
#include <microhttpd.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

static inline struct MHD_Daemon *nt_mhd_start(
    const struct sockaddr *address, MHD_AccessHandlerCallback handle,
    MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connected, void *context,
    unsigned int connection_limit, size_t connection_memory) {
  return MHD_start_daemon(
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE
          // All addresses of version 6 are all of version 4, too.
          | (address->sa_family == AF_INET6 ? MHD_USE_DUAL_STACK : 0),
      0, NULL, NULL, handle, context, MHD_OPTION_SOCK_ADDR, address,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context,
      MHD_OPTION_NOTIFY_CONNECTION, connected, context,
      MHD_OPTION_CONNECTION_LIMIT, connection_limit,
      // Deadlines are ours: the library's begins anew with each byte.
      MHD_OPTION_CONNECTION_TIMEOUT, 0u,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory, MHD_OPTION_END);
}

static const enum MHD_Result nt_mhd_yes = MHD_YES;
static const enum MHD_Result nt_mhd_no = MHD_NO;

static inline uint16_t nt_mhd_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info == NULL ? 0 : info->port;
}

static inline int nt_mhd_is_start(enum MHD_ConnectionNotificationCode code) {
  return code == MHD_CONNECTION_NOTIFY_STARTED;
}

static inline int nt_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : info->connect_fd;
}

// What tells clients apart: an address of version 4, and the first half of one of version 6, of which
// anybody has as many as they like.
static inline uint64_t nt_mhd_network(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == NULL || info->client_addr == NULL) return 0;
  // Family and port, and with version 6 a label, stand before the address. Where <netinet/in.h> was included
  // here, Swift would find its types in this module.
  const uint8_t *bytes = (const uint8_t *)info->client_addr;
  if (info->client_addr->sa_family == AF_INET) {
    uint32_t address;
    memcpy(&address, bytes + 4, sizeof address);
    return address;
  }
  if (info->client_addr->sa_family != AF_INET6) return 0;
  bytes += 8;
  uint64_t network;
  uint32_t rest;
  memcpy(&network, bytes, sizeof network);
  memcpy(&rest, bytes + 12, sizeof rest);
  // One of version 4 in the clothes of version 6, or this machine.
  return network != 0 ? network : rest;
}

static inline void nt_mhd_each_header(
    struct MHD_Connection *connection, MHD_KeyValueIterator each, void *context) {
  MHD_get_connection_values(connection, MHD_HEADER_KIND, each, context);
}

static inline void nt_mhd_end_upgrade(struct MHD_UpgradeResponseHandle *handle) {
  MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}
