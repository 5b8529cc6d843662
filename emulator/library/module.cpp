// SPDX-License-Identifier: Apache-2.0
#include "emulator/library/module.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/record_json.hpp"
#include "emulator/app/control/dispatch.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/library/border.hpp"

namespace quasimodem::library {
namespace {

constexpr std::size_t kPiece = 512;             // what a port reads at a time
constexpr std::size_t kMostMessages = 8 << 20;  // octets; as for a client of the control socket that does not read
constexpr std::size_t kMostWaiting = 64;        // requests that wait, as there
constexpr std::uint64_t kSeedOfServers = 2;

}  // namespace

Module::Module(const app::ModuleOptions& options)
    : options_{options},
      random_{options_.module.seed},
      faults_{timeline_, options_.module.seed, Logger{}, Journal{journal_}},
      weather_{timeline_, faulty_bearer_, options_.module.timing, options_.module.seed, Logger{}},
      servers_{network_, kSeedOfServers, [this] {
                 if (!entered_) enter([] {});
               }} {
  network_.set_local_address(options_.network.local);
  plug_in();
  name_ = options_.name.empty() ? std::string{modem_->me().profile().name} : options_.name;
  enter([this] {
    if (options_.power == app::InitialPower::on) modem_->power_key();
  });
}

Module::~Module() {
  for (const auto& answer : std::exchange(to_come_, {})) answer.abandon();
}

void Module::plug_in() {
  weather_.end();
  line_.reset();
  noise_.reset();
  modem_.reset();
  const auto& timing = options_.module.timing;
  modem_ = std::make_unique<emulator::Modem>(
      options_.module,
      device::Surroundings{timeline_, weather_.bearer(), faulty_flash_, random_, Logger{}, Journal{journal_}});
  noise_ = std::make_unique<uart::NoisyLine>(timeline_, faults_.book(), *modem_);
  line_ =
      std::make_unique<uart::UartLine>(timeline_, *noise_, timing.uart_paced ? uart::Pacing::on : uart::Pacing::off);
  line_->set_terminal_rate(baud_);
  faults_.plug_in(*modem_, weather_);
  weather_.begin(modem_->me());
  for (const auto& rule : options_.faults) faults_.add(rule);
  set_line(emulator::Line::dtr, dtr_);
  set_line(emulator::Line::rts, rts_);
}

void Module::enter(const std::function<void()>& body) {
  if (entered_) throw Refusal{QM_BUSY, "not from a server's callback, which may call qm_send, qm_hang_up and qm_now"};
  struct Inside {
    explicit Inside(bool& entered) : flag{entered} { flag = true; }
    ~Inside() { flag = false; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    bool& flag;
  } inside{entered_};
  body();
  settle();
}

// ---- UART ----

bool Module::write(ByteSpan from_host) {
  if (from_host.size() > QM_INPUT_LIMIT - input_.size()) return false;
  input_.insert(input_.end(), from_host.begin(), from_host.end());
  return true;
}

Bytes Module::read(std::size_t most) {
  const auto end = output_.begin() + static_cast<std::ptrdiff_t>(std::min(most, output_.size()));
  Bytes taken{output_.begin(), end};
  output_.erase(output_.begin(), end);
  return taken;
}

void Module::set_line(emulator::Line line, bool level) {
  if (line == emulator::Line::dtr) {
    dtr_ = level;
    faults_.set_dtr(level);
  } else {
    rts_ = level;
    modem_->set_line(line, level);
  }
}

void Module::set_baud(int baud) {
  baud_ = baud;
  line_->set_terminal_rate(baud);
}

/// The host's port keeps what the module does not want yet.
bool Module::feed() {
  bool fed = false;
  while (!input_.empty() && line_->wants_input()) {
    const auto size = std::min(kPiece, input_.size());
    line_->from_te(ByteSpan{input_}.first(size));
    drop_front(input_, size);
    fed = true;
  }
  return fed;
}

void Module::settle() {
  for (bool moved = true; moved;) {
    moved = feed();
    timeline_.run_due();
    line_->set_port_ready(output_.size() < QM_OUTPUT_LIMIT);
    moved |= line_->pump();
    if (const auto arrived = line_->take(); !arrived.empty()) {
      append(output_, arrived);
      moved = true;
    }
    timeline_.run_due();
  }
}

// ---- time ----

void Module::advance(Duration span, Until until) {
  const auto end = timeline_.now() + span;
  const auto is_over = [&] { return until == Until::output && !output_.empty(); };
  settle();
  while (!is_over()) {
    const auto next = timeline_.next_deadline();
    if (!next || *next > end) return timeline_.advance_to(end);
    timeline_.advance_to(std::max(*next, timeline_.now()));
    settle();
  }
}

std::optional<Duration> Module::next_event() const {
  const auto next = timeline_.next_deadline();
  return next ? std::optional{std::max(Duration{}, *next - timeline_.now())} : std::nullopt;
}

// ---- control ----

std::optional<std::string> Module::call(std::string_view request) {
  struct Reply {
    std::optional<std::string> text;
    bool late = false;
  };
  const auto given = std::make_shared<Reply>();
  const auto reply = [this, given](const app::Json& answer) {
    given->late ? say(app::to_text(answer)) : void(given->text = app::to_text(answer));
  };
  const auto answered_later = [this] { std::erase_if(to_come_, [](const auto& each) { return !each.open(); }); };
  given->late = app::control::dispatch(request, *this, *this, reply, answered_later) == app::control::Dispatched::waits;
  return given->text;
}

void Module::say(std::string message) {
  octets_of_messages_ += message.size();
  messages_.push_back(std::move(message));
  while (octets_of_messages_ > kMostMessages) take_message();
}

std::optional<std::string> Module::take_message() {
  if (messages_.empty()) return std::nullopt;
  auto message = std::move(messages_.front());
  messages_.pop_front();
  octets_of_messages_ -= message.size();
  return message;
}

void Module::subscribe(std::vector<RecordKind> kinds) {
  subscription_ = journal_.listen([this, kinds = std::move(kinds)](const Record& record) {
    const bool wanted = kinds.empty() || std::find(kinds.begin(), kinds.end(), record.kind) != kinds.end();
    if (wanted) say(app::to_text(app::record_json(record, name_)));
  });
}

void Module::awaits(const app::control::Answer& answer) {
  if (to_come_.size() < kMostWaiting) return to_come_.push_back(answer);
  answer(tl::unexpected{app::control::impossible(fmt::format("{} requests wait already", kMostWaiting))});
}

// ---- starting again ----

void Module::switch_on() {
  drop_front(input_, input_.size());  // it was for the one before
  plug_in();
  modem_->power_key();
}

void Module::reset(Memory memory) {
  Journal{journal_}.write(RecordKind::power, {{"event", "reset"}});
  faults_.restart();  // while the module is there in which they undo what they did
  modem_->cut_supply();
  if (memory == Memory::forget) memory_ = {};
  switch_on();
}

void Module::restart_with(storage::MemoryFlash memory) {
  faults_.restart();
  modem_->cut_supply();
  memory_ = std::move(memory);
  switch_on();
}

}  // namespace quasimodem::library
