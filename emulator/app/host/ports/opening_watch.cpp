// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/opening_watch.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <poll.h>
#include <sys/inotify.h>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

namespace quasimodem::app {
namespace {

// Where inotify has no room left, somebody is looked for this often.
constexpr auto kPollInterval = std::chrono::milliseconds{20};

}  // namespace

OpeningWatch& OpeningWatch::of(boost::asio::io_context& io) { return boost::asio::use_service<OpeningWatch>(io); }

OpeningWatch::OpeningWatch(boost::asio::execution_context& context)
    : service{context},
      inotify_{static_cast<boost::asio::io_context&>(context)},
      timer_{static_cast<boost::asio::io_context&>(context)} {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return;
  inotify_.assign(descriptor);
  wait();
}

void OpeningWatch::shutdown() {
  boost::system::error_code ignored;
  timer_.cancel();
  inotify_.close(ignored);
  entries_.clear();
}

int OpeningWatch::add(const std::string& device, int master, std::function<void()> opened) {
  auto& entry = entries_.emplace(++last_, Entry{device, master, std::move(opened), -1}).first->second;
  begin_watch(entry);
  return last_;
}

void OpeningWatch::remove(int entry) {
  const auto found = entries_.find(entry);
  if (found == entries_.end()) return;
  if (found->second.watch >= 0) ::inotify_rm_watch(inotify_.native_handle(), found->second.watch);
  entries_.erase(found);
}

void OpeningWatch::unnoticed(int entry, const std::function<void()>& body) {
  auto& watched = entries_.at(entry);
  if (watched.watch >= 0) ::inotify_rm_watch(inotify_.native_handle(), watched.watch);
  body();
  begin_watch(watched);
}

void OpeningWatch::begin_watch(Entry& entry) {
  entry.watch = -1;
  if (inotify_.is_open()) {
    entry.watch = ::inotify_add_watch(inotify_.native_handle(), entry.device.c_str(), IN_OPEN);
  }
  if (entry.watch < 0) poll_later();
}

void OpeningWatch::wait() {
  inotify_.async_read_some(boost::asio::buffer(buffer_), [this](const boost::system::error_code& error, std::size_t n) {
    if (error) return;
    tell(n);
    wait();
  });
}

/// Events of a watch that was taken back meanwhile do not count.
void OpeningWatch::tell(std::size_t size) {
  std::vector<int> opened;
  bool lost = false;
  inotify_event event;
  for (std::size_t at = 0; at + sizeof event <= size; at += sizeof event + event.len) {
    std::memcpy(&event, buffer_.data() + at, sizeof event);
    if (event.mask & IN_OPEN) opened.push_back(event.wd);
    lost |= (event.mask & IN_Q_OVERFLOW) != 0;
  }
  for (const int watch : opened) {
    const auto is_it = [watch](const auto& entry) { return entry.second.watch == watch; };
    const auto found = std::find_if(entries_.begin(), entries_.end(), is_it);
    if (found != entries_.end()) std::function{found->second.opened}();
  }
  if (lost) poll(true);
}

void OpeningWatch::poll_later() {
  if (std::exchange(polling_, true)) return;
  timer_.expires_after(kPollInterval);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    polling_ = false;
    poll(false);
    const auto polled = [](const auto& entry) { return entry.second.watch < 0; };
    if (std::any_of(entries_.begin(), entries_.end(), polled)) poll_later();
  });
}

void OpeningWatch::poll(bool all) {
  std::vector<pollfd> masters;
  std::vector<int> ids;
  for (const auto& [number, entry] : entries_) {
    if (!all && entry.watch >= 0) continue;
    masters.push_back({entry.master, 0, 0});
    ids.push_back(number);
  }
  if (masters.empty() || ::poll(masters.data(), masters.size(), 0) < 0) return;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (masters[i].revents & (POLLHUP | POLLNVAL)) continue;  // nobody has it open
    if (const auto found = entries_.find(ids[i]); found != entries_.end()) std::function{found->second.opened}();
  }
}

}  // namespace quasimodem::app
