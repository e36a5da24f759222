package io.waybill.transfer.tcp.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * Which files of a page are worth sending: the question, and NEED, the answer.
 *
 * @param policy what would be done with existing targets
 * @param level how well they must be proven equal to be left alone
 * @param entries at most 256
 */
public record Query(TargetPolicy policy, Verification level, List<FileEntry> entries) {
  /** What an entry takes beside its path: five fields, their values, and what nests them. */
  private static final int ENTRY_BYTES = 64;

  /** What a page may take, POLICY and LEVEL left out. */
  private static final int PAGE_BYTES = Limits.CONTROL_BYTES - 64;

  /** Counts what fits into one page. */
  public static final class Room {
    private int bytes;
    private int count;

    /** Takes room for one more; false if there is none. */
    public boolean take(String path) {
      int more = ENTRY_BYTES + path.getBytes(UTF_8).length;
      if (count == Limits.BATCH_FILES || bytes + more > PAGE_BYTES) {
        return false;
      }
      bytes += more;
      count++;
      return true;
    }
  }

  public void send(Wire wire, long transfer) throws IOException {
    FieldsBuilder fields =
        new FieldsBuilder()
            .number(Tag.POLICY, Batch.policyCode(policy))
            .number(Tag.LEVEL, Offer.levelCode(level));
    for (FileEntry entry : entries) {
      fields.nested(Tag.ENTRY, Entries.fields(entry));
    }
    wire.send(FrameType.QUERY, transfer, fields);
  }

  public static Query read(Frame frame) throws WireException {
    Fields fields = frame.fields();
    List<FileEntry> entries = Entries.read(frame);
    if (entries.isEmpty() || entries.size() > Limits.BATCH_FILES) {
      throw WireException.violation("a QUERY of " + entries.size() + " files");
    }
    return new Query(
        Batch.policy(fields.number(Tag.POLICY)),
        Offer.level(fields.number(Tag.LEVEL)),
        List.copyOf(entries));
  }

  /** Says whether each is needed, whatever is there. */
  public boolean needsAll() {
    return policy != TargetPolicy.SKIP_EQUAL || !Verification.SIZE_MTIME.atLeast(level);
  }

  /** Answers. */
  public static void sendNeed(Wire wire, long transfer, BitSet need) throws IOException {
    wire.send(FrameType.NEED, transfer, new FieldsBuilder().bytes(Tag.BITS, need.toByteArray()));
  }

  /** Reads the answer. */
  public BitSet need(Frame frame) throws WireException {
    BitSet need = BitSet.valueOf(frame.fields().bytes(Tag.BITS));
    if (need.length() > entries.size()) {
      throw WireException.violation(
          "NEED has %d bits for %d files".formatted(need.length(), entries.size()));
    }
    return need;
  }
}
