// SPDX-License-Identifier: Apache-2.0
#include "tls/client_config.hpp"

#include "tls/wipe.hpp"

namespace quasimodem::tls {

ClientConfig::~ClientConfig() {
  if (client_key) wipe(*client_key);
}

}  // namespace quasimodem::tls
