package io.waybill.transfer.watch;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.SettledFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each file from one look to the next: its version, since when it has it, and
 * whether that one was handed over. Looks at nothing itself.
 */
final class Sightings implements LastLook {
  private static final int MOST_DOUBLINGS = 6;
  private static final Comparator<Arrival> BY_NAME = Comparator.comparing(Arrival::path);
  private static final Comparator<Arrival> BY_TIME =
      Comparator.<Arrival, Instant>comparing(each -> each.identity().modified().orElse(Instant.MIN))
          .thenComparing(BY_NAME);

  private final WatchOptions options;
  private final SettledFiles rules;
  private final PathFilter wanted;
  private final Map<String, Seen> files = new HashMap<>();
  private int look;
  private long lookedAt;
  private int seen;
  private int known;
  private long beyond;
  private boolean isElsewhere;
  private Optional<String> key = Optional.empty();
  private Optional<String> otherKey = Optional.empty();
  private int doubtfulLooks;

  /** One file. */
  private static final class Seen {
    final boolean counts;
    SourceIdentity identity;
    long since;
    long notBefore;
    int look;
    int failures;
    boolean isTaken;
    // the done-file that has spoken for the version before this one says nothing of this one
    @Nullable SourceIdentity spent;

    Seen(boolean counts, SourceIdentity identity, long now) {
      this.counts = counts;
      this.identity = identity;
      this.since = now;
      this.notBefore = now;
    }
  }

  /**
   * What a look came to.
   *
   * @param isDoubtful whether files that are gone are remembered nevertheless
   * @param missing how many those are
   * @param beyond how many files found no room
   */
  record Result(boolean isDoubtful, int missing, long beyond) {}

  Sightings(WatchOptions options) {
    this.options = options;
    this.rules = options.rules();
    this.wanted = options.wanted();
  }

  /** Begins a look: what is not seen in it is not there now. */
  void begin(long now) {
    look++;
    lookedAt = now;
    seen = 0;
    known = 0;
    beyond = 0;
  }

  /**
   * Says which directory it is that is looked at.
   *
   * @param found what it is known by; empty where nobody can tell
   */
  void at(Optional<String> found) {
    isElsewhere = key.isPresent() && found.isPresent() && !found.equals(key);
    if (!found.equals(otherKey)) {
      otherKey = found;
      doubtfulLooks = 0;
    }
  }

  /** Notes a file that is there. */
  void file(String path, SourceIdentity identity, long now) {
    Seen file = files.get(path);
    if (file != null && file.look == look) {
      return; // a server that names it twice
    }
    seen++;
    if (file == null) {
      if (files.size() >= options.mostFiles()) {
        beyond++;
        return;
      }
      file = new Seen(wanted.takesFile(path) && rules.counts(path), identity, now);
      files.put(path, file);
    } else {
      known++;
      if (!isSame(file.identity, identity)) {
        file.since = now;
        file.notBefore = now;
        file.failures = 0;
        file.isTaken = false;
      }
      file.identity = identity;
    }
    file.look = look;
  }

  // keys of files mean nothing once the disk was mounted again
  private boolean isSame(SourceIdentity before, SourceIdentity now) {
    return isElsewhere
        ? before.sizeBytes() == now.sizeBytes() && before.modified().equals(now.modified())
        : before.equals(now);
  }

  /**
   * Ends a look: forgets what is gone, unless that is in doubt.
   *
   * @param isComplete whether all there is was seen
   */
  Result end(boolean isComplete) {
    int missing = files.size() - known - added();
    if (missing == 0 && isComplete) {
      believe();
      return new Result(false, 0, beyond);
    }
    boolean isOdd = isElsewhere || (key.isEmpty() && seen == 0);
    if (!isComplete || (isOdd && ++doubtfulLooks <= options.emptyLooks())) {
      return new Result(isComplete, missing, beyond);
    }
    files.values().removeIf(each -> each.look != look);
    believe();
    return new Result(false, 0, beyond);
  }

  private int added() {
    return (int) (seen - known - beyond);
  }

  private void believe() {
    key = otherKey;
    doubtfulLooks = 0;
  }

  /** Returns the files that are finished and were not taken, in order. */
  List<Arrival> due() {
    List<Arrival> due = new ArrayList<>();
    files.forEach(
        (path, file) -> {
          if (isOpen(file) && isOverdue(file) && isSettled(path, file)) {
            due.add(new Arrival(path, file.identity));
          }
        });
    due.sort(options.order() == WatchOptions.Order.TIME ? BY_TIME : BY_NAME);
    return due;
  }

  /** Returns the files that are there and were not taken, sorted. */
  List<String> open() {
    return files.entrySet().stream()
        .filter(each -> isOpen(each.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** Returns how many nanoseconds from now the next file is due if it stays as it is. */
  OptionalLong nextDue(long now) {
    long settle = options.settle().toNanos();
    return files.values().stream()
        .filter(this::isOpen)
        .mapToLong(each -> Math.max(0, Math.max(each.since + settle - now, each.notBefore - now)))
        .min();
  }

  private boolean isOpen(Seen file) {
    // one that is only remembered is not there now
    return file.counts && !file.isTaken && file.look == look;
  }

  private boolean isOverdue(Seen file) {
    return file.failures == 0 || lookedAt - file.notBefore >= 0;
  }

  private boolean isSettled(String path, Seen file) {
    Optional<Seen> done = done(path);
    return (done.isPresent() && !done.get().identity.equals(file.spent))
        // by the beginning of this look, and what was seen after the beginning of another
        || rules.isSettled(
            file.identity, file.identity, Duration.ofNanos(Math.max(0, lookedAt - file.since)));
  }

  @Override
  public boolean has(String path) {
    return seen(path).isPresent();
  }

  @Override
  public boolean has(String path, long sizeBytes, Optional<Instant> modified) {
    return seen(path)
        .map(file -> file.identity)
        .filter(now -> now.sizeBytes() == sizeBytes && now.modified().equals(modified))
        .isPresent();
  }

  @Override
  public boolean isEmpty() {
    return seen == 0;
  }

  @Override
  public Optional<String> directory() {
    return key;
  }

  private Optional<Seen> seen(String path) {
    return Optional.ofNullable(files.get(path)).filter(file -> file.look == look);
  }

  private Optional<Seen> done(String path) {
    return rules.doneFileOf(path).flatMap(this::seen);
  }

  /** Notes that a version was taken; nothing if there is another one by now. */
  void taken(Arrival arrival) {
    Seen file = files.get(arrival.path());
    if (file != null && file.identity.equals(arrival.identity())) {
      file.isTaken = true;
      file.failures = 0;
      file.spent = done(arrival.path()).map(each -> each.identity).orElse(file.spent);
    }
  }

  /** Notes that a version could not be dealt with: it is due again later and later. */
  void failed(Arrival arrival, long now) {
    Seen file = files.get(arrival.path());
    if (file != null && file.identity.equals(arrival.identity())) {
      long wait = options.interval().toNanos() << Math.min(file.failures, MOST_DOUBLINGS);
      file.failures++;
      file.notBefore = now + wait;
    }
  }
}
