// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/record/record.hpp"

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/core.h>

#include "core/journal_ring.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/host_clock.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "emulator/app/base/process/signals.hpp"
#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/desk/record/listener.hpp"
#include "emulator/app/desk/record/module_end.hpp"
#include "emulator/app/desk/trace_file.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/uart_journal.hpp"

namespace quasimodem::app {
namespace {

// A host that sends no more still gets answers, until the module has said nothing for so long.
constexpr auto kQuiet = std::chrono::seconds{1};

/// A pty without a link gets one in the runtime directory.
UartUrl with_link(UartUrl url, const std::string& name) {
  if (auto* pty = std::get_if<PtyUrl>(&url); pty && !pty->link) pty->link = runtime_directory() / name;
  return url;
}

class Recorder {
 public:
  explicit Recorder(const RecordOptions& options)
      : options_{options},
        sink_{stderr_sink({.lowest = options.log_level})},
        log_{*sink_, options.name},
        signals_{io_, Signals::SecondInterrupt::ends, [this](Signals::Signal signal) { stop(signal); }},
        clock_{io_, timeline_, [this] { enter([] {}); }},
        trace_{options.out ? TraceFile::new_file(*options.out) : TraceFile::standard_output()},
        uart_{timeline_, Journal{journal_}, options.payload,
              [this](const atcmd::Heard& heard) { listener_.hear(heard); }},
        module_{io_, options.module,
                ModuleEnd::Events{.received = [this](ByteSpan bytes) { from_module(bytes); },
                                  .drained = [this] { enter([] {}); },
                                  .lines_changed = [this] { enter([this] { module_lines_changed(); }); },
                                  .gone = [this] { lose_module(); }},
                log_},
        host_{open_port(io_, with_link(options.host, options.name), host_events(), log_)} {
    rate_of_host_ = host_->terminal_rate();
  }

  int run() {
    std::signal(SIGPIPE, SIG_IGN);
    trace_.follow(journal_, options_.name);
    started_ = true;
    enter([this] {
      follow_host();
      module_lines_changed();
    });
    announce();
    while (!ended_ && io_.run_one() > 0) {
    }
    clock_.catch_up();
    uart_.end();
    if (problem_) throw Problem{*problem_};
    return static_cast<int>(ExitCode::ok);
  }

 private:
  PortEvents host_events() {
    return {
        .received = [this](ByteSpan bytes) { from_host(bytes); },
        .writable = [this] { enter([] {}); },
        .changed = [this] { enter([this] { follow_host(); }); },
        .purged = [] {},
        .finished = [this] { ended_ = true; },
    };
  }

  /// Every event of the loop comes in through here: the time of the records is the time now.
  template <class Body>
  void enter(const Body& body) {
    if (!started_) return;
    clock_.catch_up();
    body();
    // Neither side gets ahead of the other by more than one reading.
    module_.write_pending() ? host_->pause_reading() : host_->resume_reading();
    host_->attached() && host_->write_pending() ? module_.pause_reading() : module_.resume_reading();
    clock_.arm();
    if (trace_.failed() && !ended_) end_with("the recording cannot be written any more", "is the disk full?");
  }

  void from_host(ByteSpan bytes) {
    enter([&] {
      follow_rate();
      module_.write(bytes);
      uart_.received(bytes, emulator::UartJournal::Power::on, {});
    });
  }

  void from_module(ByteSpan bytes) {
    enter([&] {
      host_->write(bytes);
      uart_.sent(bytes, emulator::UartJournal::Rest::none);
      const auto rate = listener_.take_agreed_rate();
      if (rate && rate_of_host_ == 0) change_rate(*rate);
      if (host_->input_ended()) end_later();
    });
  }

  // ---- rate and lines ----

  void follow_rate() {
    const int rate = host_->terminal_rate();
    if (rate != 0 && std::exchange(rate_of_host_, rate) != rate) change_rate(rate);
  }

  void change_rate(int rate) {
    if (rate == module_.rate()) return;
    if (!module_.set_rate(rate)) {
      log_.warning("{} cannot do {} bit/s; it stays at {}", options_.module.text(), rate, module_.rate());
      return;
    }
    log_.info("{} bit/s", rate);
    state("rate", std::to_string(rate));
  }

  /// Without lines of its own, that a host is there is its DTR.
  void follow_host() {
    follow_rate();
    const auto lines = host_->attached() ? host_->terminal_lines().value_or(TerminalLines{})
                                         : TerminalLines{.dtr = false, .rts = true};
    if (lines_ != lines) {
      module_.set_terminal_lines(lines);
      if (!lines_ || lines.dtr != lines_->dtr) state("dtr", lines.dtr ? "on" : "off");
      if (lines_ && lines.rts != lines_->rts) state("rts", lines.rts ? "on" : "off");
      lines_ = lines;
    }
    if (host_->input_ended()) end_later();
  }

  void module_lines_changed() {
    const auto lines = module_.lines();
    host_->set_module_lines(lines);
    if (lines.dcd != module_lines_.dcd) state("dcd", lines.dcd ? "on" : "off");
    if (lines.ri != module_lines_.ri) state("ri", lines.ri ? "on" : "off");
    module_lines_ = lines;
  }

  void state(std::string_view what, std::string_view now) {
    Journal{journal_}.write(RecordKind::state, {{"what", what}, {"state", now}});
  }

  // ---- the end ----

  void end_later() {
    quiet_.expires_after(kQuiet);
    quiet_.async_wait([this](const boost::system::error_code& error) {
      if (!error) host_->close_end();
    });
  }

  void stop(Signals::Signal signal) {
    if (signal.number != SIGCHLD) ended_ = true;
  }

  void lose_module() {
    end_with(fmt::format("the module at {} is gone", options_.module.text()), "what was recorded until then is whole");
  }

  void end_with(const std::string& what, const char* way_out) {
    problem_.emplace(ExitCode::environment, what, way_out);
    ended_ = true;
  }

  void announce() const {
    auto* where = options_.out && !std::holds_alternative<StdioUrl>(options_.host) ? stdout : stderr;
    fmt::print(where, "ready {} {}\n", options_.name, host_->address());
    std::fflush(where);
  }

  const RecordOptions& options_;
  std::unique_ptr<LogSink> sink_;
  Logger log_;
  boost::asio::io_context io_{1};
  Signals signals_;
  Timeline timeline_;
  JournalRing journal_{timeline_};
  HostClock clock_;
  TraceFile trace_;
  emulator::UartJournal uart_;
  Listener listener_;
  boost::asio::steady_timer quiet_{io_};
  bool started_ = false;  // before the ends: standard input is there while its port is being made
  bool ended_ = false;
  ModuleEnd module_;
  std::unique_ptr<Port> host_;
  int rate_of_host_ = 0;                ///< 0: it has none
  std::optional<TerminalLines> lines_;  ///< as the module was told
  ModuleLines module_lines_;
  std::optional<Problem> problem_;
};

}  // namespace

int record(const RecordOptions& options) { return Recorder{options}.run(); }

}  // namespace quasimodem::app
