// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/journal.hpp"
#include "core/sealer.hpp"
#include "core/secret_bytes.hpp"
#include "storage/flash.hpp"

namespace quasimodem::device {

enum class FileVolume { ufs, ram };

/// `RAM:f`, `UFS:f`, or `f`, which is on UFS; or as a path, `/RAM/f`, `/UFS/f` (services.md 1.4).
struct FileName {
  static std::optional<FileName> parse(std::string_view text);

  FileVolume volume = FileVolume::ufs;
  std::string file;

  std::string text() const;
  auto operator<=>(const FileName&) const = default;
};

enum class FileProblem { not_found, exists, open, too_large, no_space, invalid_handle, read_only, failed };

/// The files of AT+QF*. RAM forgets when the module restarts, UFS lives in the flash. These are not the certificates
/// of AT+QSEC*: each command family has a name space of its own (at-reference 3.9). But a host may keep a key in one.
class FileStore {
 public:
  // ASSUMED: both; no source names a size (at-reference 8). Hosts fetch firmware of some 100 KB into either.
  static constexpr std::size_t kRamCapacity = 200 * 1024;
  static constexpr std::size_t kUfsCapacity = 500 * 1024;
  static constexpr std::size_t kMostOpen = 10;

  enum class Mode { create = 0, replace = 1, read_only = 2 };  ///< AT+QFOPEN
  enum class Origin { start = 0, here = 1, end = 2 };          ///< AT+QFSEEK
  template <class T>
  using Result = tl::expected<T, FileProblem>;

  FileStore(storage::Flash& flash, Sealer& sealer, Journal journal = {});

  static std::size_t capacity(FileVolume volume);
  std::size_t available(FileVolume volume) const;

  struct Entry {
    FileName name;
    std::size_t size;
  };
  std::vector<Entry> list(FileVolume volume) const;

  Result<SecretBytes> read(const FileName& name) const;
  /// `not_found`, or nothing.
  Result<void> present(const FileName& name) const;
  /// At most `most` octets of it from `from` on; none behind its end.
  Result<SecretBytes> read_part(const FileName& name, std::size_t from, std::size_t most) const;
  /// A whole new file; `may_add` says beforehand what it would answer.
  Result<void> may_add(const FileName& name, std::size_t size) const;
  Result<void> add(const FileName& name, ByteSpan content);
  /// At its end, and a new file where there is none. How much of it there was room for.
  Result<std::size_t> extend(const FileName& name, ByteSpan more);
  /// For the journal: it has all that it will have.
  void note_stored(const FileName& name) const;
  Result<void> remove(const FileName& name);
  /// For who is about to write a new file of that name: what was there is gone. `open` while a handle has it.
  Result<void> make_way(const FileName& name);
  /// How many there were.
  Result<std::size_t> remove_all(FileVolume volume);

  Result<int> open(const FileName& name, Mode mode);
  /// A handle has it.
  bool is_open(const FileName& name) const;
  Result<SecretBytes> read_on(int handle, std::size_t most);
  /// The size of the file afterwards.
  Result<std::size_t> write_on(int handle, ByteSpan data);
  Result<void> seek(int handle, std::size_t offset, Origin origin);
  Result<std::size_t> position(int handle) const;
  /// AT+QFTUCAT: the file ends at the position.
  Result<void> truncate(int handle);
  Result<void> close(int handle);

  struct OpenFile {
    int handle;
    FileName name;
    Mode mode;
  };
  /// Ascending by handle.
  std::vector<OpenFile> open_files() const;

  enum class Source { removed, kept };
  enum class Target { must_be_free, may_be_replaced };
  /// AT+QFMOV. `open` when one of the two is.
  Result<void> move(const FileName& from, const FileName& to, Source source, Target target);

  /// Restart: handles and RAM are gone.
  void power_off();

 private:
  struct Open {
    FileName name;
    Mode mode;
    std::size_t position = 0;
  };

  /// What the flash holds of a file: its size, and the record.
  struct Stored {
    std::size_t size;
    SecretBytes record;  ///< an old one is not sealed
    bool sealed;
  };

  void seal_old_records();
  Result<Stored> stored(const FileName& name) const;
  Result<void> store(const FileName& name, ByteSpan content);
  Open* find(int handle);
  Result<void> put(const FileName& name, SecretBytes content);
  void note_stored(const FileName& name, ByteSpan content) const;

  storage::Flash& flash_;
  Sealer& sealer_;
  Journal journal_;
  std::map<std::string, SecretBytes, std::less<>> ram_;
  std::map<int, Open> open_;
};

}  // namespace quasimodem::device
