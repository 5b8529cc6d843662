// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// Tells the ptys of one loop when somebody opens them. One for all of them: a user has but 128 inotify instances.
class OpeningWatch final : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;
  static OpeningWatch& of(boost::asio::io_context& io);
  /// Use `of`.
  explicit OpeningWatch(boost::asio::execution_context& context);

  /// From now on `opened` is called when somebody has opened `device`, whose other side is `master`; it may come for no
  /// reason. Returns what `remove` and `unnoticed` want.
  int add(const std::string& device, int master, std::function<void()> opened);
  void remove(int entry);
  /// What `body` opens is not told.
  void unnoticed(int entry, const std::function<void()>& body);

 private:
  struct Entry {
    std::string device;
    int master;
    std::function<void()> opened;
    int watch;  ///< of inotify; -1: this one is polled
  };

  void shutdown() override;
  void begin_watch(Entry& entry);
  void wait();
  void tell(std::size_t size);
  void poll_later();
  void poll(bool all);

  boost::asio::posix::stream_descriptor inotify_;
  boost::asio::steady_timer timer_;
  std::array<char, 4096> buffer_{};
  std::map<int, Entry> entries_;
  int last_ = 0;
  bool polling_ = false;
};

}  // namespace quasimodem::app
