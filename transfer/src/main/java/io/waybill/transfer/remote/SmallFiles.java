package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.GroupOutcome;
import io.waybill.transfer.file.GroupWriter;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.LooseNames;
import io.waybill.transfer.file.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Small files that were fetched and checked, published in groups: written, forced and renamed many
 * at a time.
 */
final class SmallFiles implements TreeCrew.Basket {
  /** The largest file that is kept in memory until its group is written. */
  static final int LARGEST_BYTES = 64 << 10;

  private static final int GROUP_FILES = 128;
  private static final int GROUP_BYTES = 1 << 20;
  private static final int ALL_MODES = 0777;

  private record Waiting(SmallFile file, Consumer<GroupOutcome> then) {}

  private final Path root;
  private final GroupWriter writer;
  private final List<Waiting> waiting = new ArrayList<>();
  private long bytes;

  private SmallFiles(Path root, GroupWriter writer) {
    this.root = root;
    this.writer = writer;
  }

  static SmallFiles below(Path root, LooseNames names) {
    try {
      return new SmallFiles(root, new GroupWriter(DirectoryHandle.open(root), ALL_MODES, names));
    } catch (IOException e) {
      throw LocalFailures.translate(root, e);
    }
  }

  /** Adds one; {@code then} hears what became of it. */
  void add(SmallFile file, Consumer<GroupOutcome> then) {
    waiting.add(new Waiting(file, then));
    bytes += file.bytes().remaining();
    if (waiting.size() >= GROUP_FILES || bytes >= GROUP_BYTES) {
      settle();
    }
  }

  @Override
  public void settle() {
    if (waiting.isEmpty()) {
      return;
    }
    List<Waiting> group = List.copyOf(waiting);
    waiting.clear();
    bytes = 0;
    List<GroupOutcome> outcomes;
    try {
      outcomes = writer.write(group.stream().map(Waiting::file).toList(), Verification.SIZE_MTIME);
    } catch (IOException e) {
      throw LocalFailures.translate(root, e);
    }
    for (int i = 0; i < group.size(); i++) {
      group.get(i).then().accept(outcomes.get(i));
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw TransferException.LocalFile.failed(root, "Cannot close " + root, e);
    }
  }
}
