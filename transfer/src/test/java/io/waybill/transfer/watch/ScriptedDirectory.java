package io.waybill.transfer.watch;

import io.waybill.transfer.SourceIdentity;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A directory, a clock and hints that do what a test says; time passes only while a watch waits.
 */
final class ScriptedDirectory implements Watched, Hints, WatchHandler {
  final Map<String, SourceIdentity> files = new LinkedHashMap<>();
  final List<WatchTrouble> found = new ArrayList<>();
  final List<List<String>> batches = new ArrayList<>();
  final List<String> told = new ArrayList<>();
  final List<String> refused = new ArrayList<>();
  final List<Long> waits = new ArrayList<>();
  final List<Runnable> between = new ArrayList<>();
  Optional<String> key = Optional.of("dev 1");
  @Nullable Exception failure;
  boolean gap;
  long nanos;
  private @Nullable DirectoryWatch watch;

  static SourceIdentity version(long size, long second) {
    return new SourceIdentity(
        size, Optional.of(Instant.ofEpochSecond(second)), Optional.of("inode " + second));
  }

  void put(String path) {
    files.put(path, version(1, 1));
  }

  /** Runs a watch; before each wait one step is done, and the last one ends it. */
  void run(WatchOptions options, Runnable... steps) throws InterruptedException {
    DirectoryWatch made = new DirectoryWatch(this, options, this, () -> nanos);
    watch = made;
    between.addAll(List.of(steps));
    made.run(this);
  }

  List<String> arrived() {
    return batches.stream().flatMap(List::stream).toList();
  }

  @Override
  public void list(Finding finding) throws IOException {
    files.forEach(finding::file);
    found.forEach(each -> finding.trouble(each, gap));
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof RuntimeException bad) {
      throw bad;
    }
  }

  @Override
  public Optional<String> key() {
    return key;
  }

  @Override
  public String name() {
    return "in";
  }

  @Override
  public void await(long leastNanos, long mostNanos) {
    nanos += mostNanos;
    waits.add(mostNanos);
    if (between.isEmpty()) {
      if (watch != null) {
        watch.close();
      }
    } else {
      between.remove(0).run();
    }
  }

  @Override
  public void wake() {}

  @Override
  public Optional<WatchTrouble> watch(Collection<String> paths) {
    return Optional.empty();
  }

  @Override
  public void reset() {}

  @Override
  public Collection<Arrival> arrived(List<Arrival> batch) {
    batches.add(batch.stream().map(Arrival::path).toList());
    return batch.stream().filter(each -> refused.contains(each.path())).toList();
  }

  @Override
  public void trouble(WatchTrouble trouble) {
    told.add(trouble.kind() + " " + trouble.path());
  }

  @Override
  public void over(WatchTrouble trouble) {
    told.add("over " + trouble.kind() + " " + trouble.path());
  }

  @Override
  public void close() {}
}
