package io.waybill.transfer.tcp.server;

import io.waybill.transfer.Digest;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.DiskFullException;
import io.waybill.transfer.file.GroupOutcome;
import io.waybill.transfer.file.GroupWriter;
import io.waybill.transfer.file.LooseNames;
import io.waybill.transfer.file.SmallFile;
import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the batches of one connection below a user's root. Not safe for use by several threads.
 */
final class ServerBatches implements Closeable {
  private static final int MODE_MASK = 0777;

  private final Path root;
  private @Nullable GroupWriter writer;

  ServerBatches(Path root) {
    this.root = root;
  }

  /**
   * Publishes what is sound of a batch: directories are made, then all files written, forced and
   * renamed as one group.
   *
   * @return says what became of each, once all that was published is durable
   * @throws WireException if the client states an outcome itself
   */
  BatchAck apply(Batch batch) throws IOException {
    int count = batch.items().size();
    @Nullable IOException[] failures = new IOException[count];
    Integer[] statuses = new Integer[count];
    List<SmallFile> group = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Batch.Item item = batch.items().get(i);
      if (item.isDirectory()) {
        settle(i, writer().makeDirectory(item.path()), statuses, failures);
      } else if (isSound(item)) {
        group.add(
            new SmallFile(
                item.path(), item.content(), item.modified(), item.mode(), batch.policy()));
        indexes.add(i);
      } else {
        failures[i] =
            new WireException(
                ErrorCode.DIGEST_MISMATCH, item.path() + " did not verify at the server");
        statuses[i] = ErrorCode.DIGEST_MISMATCH.wire();
      }
    }
    List<GroupOutcome> outcomes = writer().write(group, batch.level());
    for (int i = 0; i < outcomes.size(); i++) {
      settle(indexes.get(i), outcomes.get(i), statuses, failures);
    }
    return answer(batch, List.of(statuses), failures);
  }

  // made when it is first needed: most connections never see a batch
  private GroupWriter writer() throws IOException {
    GroupWriter open = writer;
    if (open == null) {
      open = new GroupWriter(DirectoryHandle.open(root), MODE_MASK, LooseNames.random());
      writer = open;
    }
    return open;
  }

  private static boolean isSound(Batch.Item item) {
    Digest root = item.root().orElse(null);
    return root == null || root.equals(TreeHash.rootOfSmall(item.content()));
  }

  private static void settle(
      int index, GroupOutcome outcome, Integer[] statuses, @Nullable IOException[] failures)
      throws DiskFullException {
    if (outcome instanceof GroupOutcome.Failed failed) {
      if (failed.cause() instanceof DiskFullException full) {
        throw full; // for all of it: what was published is found to be there when it comes again
      }
      failures[index] = failed.cause();
      statuses[index] = ServerErrors.translate(failed.path(), failed.cause()).code().wire();
    } else {
      statuses[index] =
          outcome instanceof GroupOutcome.SkippedEqual ? BatchAck.EQUAL : BatchAck.PUBLISHED;
    }
  }

  private static BatchAck answer(
      Batch batch, List<Integer> statuses, @Nullable IOException[] failures) {
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < failures.length; i++) {
      IOException failure = failures[i];
      if (failure != null) {
        String path = batch.items().get(i).path();
        messages.add(String.valueOf(ServerErrors.translate(path, failure).getMessage()));
      }
    }
    return new BatchAck(BatchAck.OK, statuses, messages);
  }

  @Override
  public void close() throws IOException {
    GroupWriter open = writer;
    if (open != null) {
      open.close();
    }
  }
}
