// SPDX-License-Identifier: Apache-2.0
#include "emulator/library/module.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/config/module_options.hpp"
#include "emulator/app/control/dispatch.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/library/border.hpp"

namespace quasimodem::library {
namespace {

constexpr std::size_t kPiece = 512;             // what a port reads at a time
constexpr std::size_t kMostMessages = 8 << 20;  // octets; as for a client of the control socket that does not read
constexpr std::size_t kMostWaiting = 64;        // requests that wait, as there
constexpr std::uint64_t kSeedOfServers = 2;

}  // namespace

Module::Module(std::shared_ptr<const app::ModuleOptions> options)
    : options_{std::move(options)}, random_{options_->module.seed}, servers_{network_, kSeedOfServers, [this] {
                                                                               if (!entered_) enter([] {});
                                                                             }} {
  network_.set_local_address(options_->network.local);
  plug_in();
  name_ = options_->name.empty() ? std::string{modem().me().profile().name} : options_->name;
  enter([this] {
    if (options_->power == app::InitialPower::on) modem().power_key();
  });
}

Module::~Module() {
  for (const auto& answer : std::exchange(to_come_, {})) answer.abandon();
}

void Module::plug_in() {
  board_.emplace(options_->module,
                 device::Surroundings{timeline_, network_, memory_, random_, Logger{}, Journal{journal_}});
  board_->line().set_terminal_rate(baud_);
  for (const auto& rule : options_->faults) faults().add(rule);
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
  (line == emulator::Line::dtr ? dtr_ : rts_) = level;
  board_->set_line(line, level);
}

void Module::set_baud(int baud) {
  baud_ = baud;
  board_->line().set_terminal_rate(baud);
}

/// The host's port keeps what the module does not want yet.
bool Module::feed() {
  bool fed = false;
  while (!input_.empty() && board_->line().wants_input()) {
    const auto size = std::min(kPiece, input_.size());
    board_->line().from_te(ByteSpan{input_}.first(size));
    drop_front(input_, size);
    fed = true;
  }
  return fed;
}

void Module::settle() {
  for (bool moved = true; moved;) {
    moved = feed();
    timeline_.run_due();
    board_->line().set_port_ready(output_.size() < QM_OUTPUT_LIMIT);
    moved |= board_->line().pump();
    if (const auto arrived = board_->line().take(); !arrived.empty()) {
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

void Module::awaits(const app::control::Answer& answer) {
  if (to_come_.size() < kMostWaiting) return to_come_.push_back(answer);
  answer(tl::unexpected{app::control::impossible(fmt::format("{} requests wait already", kMostWaiting))});
}

// ---- starting again ----

void Module::reset(Memory memory) {
  Journal{journal_}.write(RecordKind::power, {{"event", "reset"}});
  restart_with(memory == Memory::forget ? storage::MemoryFlash{} : memory_);
}

void Module::restart_with(storage::MemoryFlash memory) {
  faults().clear();  // while the module is there in which they undo what they did
  modem().cut_supply();
  memory_ = std::move(memory);
  drop_front(input_, input_.size());  // it was for the one before
  plug_in();
  modem().power_key();
}

}  // namespace quasimodem::library
