// SPDX-License-Identifier: Apache-2.0
// The functions of quasimodem.h: each looks at what it is given, and hands on.
#include "emulator/library/quasimodem.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/version.hpp"
#include "emulator/library/border.hpp"
#include "emulator/library/configuration.hpp"
#include "emulator/library/flash_image.hpp"
#include "emulator/library/module.hpp"

using namespace quasimodem::library;
using quasimodem::ByteSpan;
using quasimodem::Duration;
using quasimodem::emulator::Line;
using quasimodem::net::Transport;

struct qm_module final : Module {
  using Module::Module;
};

namespace {

constexpr std::size_t kLongestRequest = 256 * 1024;  // as the control socket has it
constexpr int kSlowest = 75, kFastest = 4'000'000;   // baud
constexpr auto kEndOfTime = std::chrono::hours{24} * 36600;

template <class Pointer>
auto& needed(Pointer* pointer, std::string_view what) {
  if (!pointer) invalid(fmt::format("{} is NULL", what));
  return *pointer;
}

std::string_view text_of(const char* text, std::string_view what) { return &needed(text, what); }

ByteSpan bytes_of(const void* bytes, std::size_t size, std::string_view what) {
  if (size > 0) needed(static_cast<const char*>(bytes), what);
  return {static_cast<const std::uint8_t*>(bytes), size};
}

/// For qm_free.
template <class Character>
Character* copied(const void* bytes, std::size_t size) {
  auto* memory = static_cast<char*>(std::malloc(size + 1));
  if (!memory) throw std::bad_alloc{};
  if (size > 0) std::memcpy(memory, bytes, size);
  memory[size] = '\0';
  return static_cast<Character*>(static_cast<void*>(memory));
}

char* copied(const std::optional<std::string>& text) {
  return text ? copied<char>(text->data(), text->size()) : nullptr;
}

/// Something that moves the module.
template <class Body>
qm_result move(qm_module* module, const Body& body) {
  return guarded([&] { needed(module, "the module").enter([&] { body(*module); }); });
}

std::optional<Line> line_of(int signal) {
  switch (signal) {
    case QM_DTR: return Line::dtr;
    case QM_RTS: return Line::rts;
    case QM_CTS: return Line::cts;
    case QM_DSR: return Line::dsr;
    case QM_DCD: return Line::dcd;
    case QM_RI: return Line::ri;
    default: return std::nullopt;
  }
}

Duration span_of(const qm_module& module, std::uint64_t microseconds) {
  if (microseconds > QM_LONGEST_ADVANCE) invalid("366 days (QM_LONGEST_ADVANCE) at a time");
  const Duration span = std::chrono::microseconds{microseconds};
  if (module.now() + span > kEndOfTime) throw Refusal{QM_IMPOSSIBLE, "the module has run for a hundred years"};
  return span;
}

std::uint16_t port_of(int port) {
  if (port < 1 || port > 65535) invalid(fmt::format("{} is no port: 1 to 65535", port));
  return static_cast<std::uint16_t>(port);
}

std::string_view host_of(const char* host) {
  const auto text = text_of(host, "the host");
  if (text.empty()) invalid("the host has no name");
  return text;
}

qm_result serve(qm_module* module, const char* host, int port, Transport transport, const qm_server* code,
                const qm_tls* tls) {
  return move(module, [&](Module& m) {
    Server server{.code = code ? std::optional{*code} : std::nullopt};
    if (tls) server.tls = server_config(*tls);
    m.servers().serve(host_of(host), port_of(port), transport, std::move(server));
  });
}

}  // namespace

const char* qm_error_text(void) { return error_text(); }

const char* qm_version(void) {
  return value_or("", [] {
    static const std::string version{quasimodem::app::program_version()};
    return version.c_str();
  });
}

void qm_free(void* memory) { std::free(memory); }

qm_result qm_open(const char* configuration, qm_module** module) {
  return guarded([&] {
    auto& place = needed(module, "the place for the module");
    place = new qm_module{read_options(configuration ? configuration : "")};
  });
}

void qm_close(qm_module* module) {
  if (module && module->entered()) {
    failed(QM_BUSY, "a module cannot be closed from a server's callback");
    return;
  }
  guarded([&] { delete module; });
}

// ---- UART ----

qm_result qm_write(qm_module* module, const void* bytes, size_t size) {
  return move(module, [&](Module& m) {
    if (m.write(bytes_of(bytes, size, "what is to be written"))) return;
    throw Refusal{QM_FULL,
                  fmt::format("the module does not take so much: {} bytes (QM_INPUT_LIMIT) may wait", QM_INPUT_LIMIT)};
  });
}

qm_result qm_read(qm_module* module, void* buffer, size_t capacity, size_t* size) {
  return move(module, [&](Module& m) {
    auto& given = needed(size, "the place for the size");
    if (capacity > 0) needed(static_cast<char*>(buffer), "the buffer");
    const auto taken = m.read(capacity);
    std::copy(taken.begin(), taken.end(), static_cast<std::uint8_t*>(buffer));
    given = taken.size();
  });
}

size_t qm_readable(const qm_module* module) {
  return value_or<size_t>(0, [&] { return needed(module, "the module").readable(); });
}

qm_result qm_set_line(qm_module* module, int signal, int level) {
  return move(module, [&](Module& m) {
    if (signal != QM_DTR && signal != QM_RTS) invalid("a host has two lines: QM_DTR and QM_RTS");
    m.set_line(*line_of(signal), level != 0);
  });
}

int qm_line(const qm_module* module, int signal) {
  return value_or(-1, [&]() -> int {
    const auto line = line_of(signal);
    if (!line) invalid(fmt::format("{} is no line: QM_DTR to QM_RI", signal));
    return needed(module, "the module").line(*line) ? 1 : 0;
  });
}

qm_result qm_set_baud(qm_module* module, int baud) {
  return move(module, [&](Module& m) {
    if (baud < kSlowest || baud > kFastest) invalid(fmt::format("{} baud: {} to {}", baud, kSlowest, kFastest));
    m.set_baud(baud);
  });
}

// ---- time ----

qm_result qm_advance(qm_module* module, uint64_t microseconds) {
  return move(module, [&](Module& m) { m.advance(span_of(*module, microseconds), Module::Until::end); });
}

qm_result qm_wait(qm_module* module, uint64_t microseconds) {
  return move(module, [&](Module& m) {
    m.advance(span_of(*module, microseconds), Module::Until::output);
    if (m.readable() == 0) throw Refusal{QM_TIMED_OUT, fmt::format("nothing to read in {} us", microseconds)};
  });
}

uint64_t qm_now(const qm_module* module) {
  return value_or<uint64_t>(
      0, [&] { return std::chrono::floor<std::chrono::microseconds>(needed(module, "the module").now()).count(); });
}

uint64_t qm_next_event(const qm_module* module) {
  return value_or(QM_NEVER, [&] {
    const auto next = needed(module, "the module").next_event();
    return next ? static_cast<uint64_t>(std::chrono::ceil<std::chrono::microseconds>(*next).count()) : QM_NEVER;
  });
}

// ---- watching and disturbing ----

qm_result qm_call(qm_module* module, const char* request, char** answer) {
  return move(module, [&](Module& m) {
    auto& place = needed(answer, "the place for the answer");
    const auto text = text_of(request, "the request");
    if (text.size() > kLongestRequest) invalid(fmt::format("a request has at most {} octets", kLongestRequest));
    place = copied(m.call(text));
  });
}

qm_result qm_take_message(qm_module* module, char** message) {
  return move(module, [&](Module& m) { needed(message, "the place for the message") = copied(m.take_message()); });
}

// ---- memory ----

qm_result qm_save_flash(qm_module* module, void** image, size_t* size) {
  return move(module, [&](Module& m) {
    auto& place = needed(image, "the place for the image");
    auto& count = needed(size, "the place for its size");
    const auto bytes = image_of(m.flash());
    place = copied<void>(bytes.data(), bytes.size());
    count = bytes.size();
  });
}

qm_result qm_load_flash(qm_module* module, const void* image, size_t size) {
  return move(module, [&](Module& m) { m.restart_with(flash_of(bytes_of(image, size, "the image"))); });
}

// ---- the network ----

qm_result qm_serve_tcp(qm_module* module, const char* host, int port, const qm_server* server) {
  return serve(module, host, port, Transport::tcp, server, nullptr);
}

qm_result qm_serve_udp(qm_module* module, const char* host, int port, const qm_server* server) {
  return serve(module, host, port, Transport::udp, server, nullptr);
}

qm_result qm_serve_tls(qm_module* module, const char* host, int port, const qm_server* server, const qm_tls* tls) {
  const qm_tls usual{};
  return serve(module, host, port, Transport::tcp, server, tls ? tls : &usual);
}

qm_result qm_ignore(qm_module* module, const char* host, int port) {
  return move(module, [&](Module& m) { m.network().ignore(host_of(host), port_of(port)); });
}

qm_result qm_set_address(qm_module* module, const char* name, const char* address) {
  return move(module, [&](Module& m) {
    const auto parsed = quasimodem::net::IpAddress::parse(text_of(address, "the address"));
    if (!parsed) invalid(fmt::format("\"{}\" is no IPv4 address", address));
    m.network().add_name(host_of(name), {*parsed});
  });
}

qm_result qm_send(qm_connection* connection, const void* bytes, size_t size) {
  return guarded([&] { needed(connection, "the connection").send(bytes_of(bytes, size, "what is to be sent")); });
}

qm_result qm_hang_up(qm_connection* connection) {
  return guarded([&] { needed(connection, "the connection").hang_up(); });
}
