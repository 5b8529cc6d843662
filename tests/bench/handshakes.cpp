// SPDX-License-Identifier: Apache-2.0
// AT+QSSLOPEN and AT+QSSLCLOSE against OpenSSL's server, and OpenSSL's client against the same server.
#include <string>
#include <vector>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/module.hpp"
#include "tests/bench/peers.hpp"

namespace quasimodem::bench {
namespace {

constexpr int kBlocks = 5;
constexpr int kPerBlock = 300;

struct Rate {
  std::vector<double> per_second;
  std::vector<double> cpu_ms;  ///< of the client, per handshake

  void add(double count, double wall_s, double cpu_s) {
    per_second.push_back(count / wall_s);
    cpu_ms.push_back(cpu_s / count * 1e3);
  }
};

void with_module(Module& module, std::uint16_t port, Rate& rate) {
  const auto cpu = module.process().cpu_seconds();
  const Stopwatch watch;
  for (int i = 0; i < kPerBlock; ++i) {
    module.host().open_secure(0, port);
    module.host().close_secure(0);
  }
  rate.add(kPerBlock, watch.seconds(), module.process().cpu_seconds() - cpu);
}

void with_openssl(std::uint16_t port, Rate& rate) {
  const auto done =
      run({"openssl", "s_time", "-connect", fmt::format("127.0.0.1:{}", port), "-tls1_2", "-cipher",
           OpensslServer::kCipher, "-CAfile", certificate_path("ca.crt"), "-verify", "2", "-new", "-time", "1"});
  // "… connections in …s; … connections/user sec, bytes read 0"
  const auto end = done.output.find(" connections in ");
  if (end == std::string::npos) throw Failure{"openssl s_time: " + escaped(done.output)};
  const auto begin = done.output.find_last_of(" \n", end - 1) + 1;
  rate.add(std::stod(done.output.substr(begin, end - begin)), done.usage.wall_s, done.usage.cpu_s);
}

}  // namespace

void measure_handshakes(Report& report) {
  const OpensslServer server;
  Module module;
  module.host().attach();
  module.host().configure_ssl();

  Rate ours, openssl;
  for (int block = 0; block < kBlocks; ++block) {
    with_module(module, server.port(), ours);
    with_openssl(server.port(), openssl);
  }
  const auto rate = median(ours.per_second), beside = median(openssl.per_second);
  const auto cpu = median(ours.cpu_ms), cpu_beside = median(openssl.cpu_ms);
  report.add(line(fmt::format("QSSLOPEN+QSSLCLOSE, {}, RSA 2048", kSuiteName), fmt::format("{:.0f} /s", rate),
                  fmt::format("{:.0f} /s openssl s_time", beside), rate / beside));
  report.add(line("  processor time of the client for one", fmt::format("{:.2f} ms", cpu),
                  fmt::format("{:.2f} ms openssl s_time", cpu_beside), cpu / cpu_beside, at_most(2, cpu, " ms")));
}

}  // namespace quasimodem::bench
