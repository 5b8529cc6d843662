// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quasimodem::app {

struct TopicEntry {
  std::string term;  ///< `bearer.outage`, `QUASIMODEM_TTY`
  std::string meaning;
};

/// Something to read about that is no command: a section of the manual page, and `quasimodem help NAME`.
struct Topic {
  std::string_view name;     ///< `exit-codes`
  std::string_view section;  ///< `EXIT STATUS`
  std::string_view summary;
  std::string_view introduction;
  std::vector<TopicEntry> (*entries)();
  std::string_view closing = {};
};

/// In the order of the manual page.
std::span<const Topic> topics();

/// As `quasimodem help NAME` shows it.
std::string topic_text(const Topic& topic);

/// quasimodem(1) in roff with the macros of man(7), made from what the commands declare and from the topics.
std::string man_page();

}  // namespace quasimodem::app
