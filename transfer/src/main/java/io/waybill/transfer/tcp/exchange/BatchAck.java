package io.waybill.transfer.tcp.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a BATCH.
 *
 * @param status of the whole, {@link #OK}, {@link #DAMAGED} or {@link #ENDED}
 * @param statuses one a file: {@link #PUBLISHED}, {@link #EQUAL}, else an error code; none unless
 *     the whole is OK
 * @param messages for the first files that failed, in their order
 */
public record BatchAck(int status, List<Integer> statuses, List<String> messages) {
  public static final int OK = 0;
  public static final int DAMAGED = 1;
  public static final int ENDED = 2;

  public static final int PUBLISHED = 0;
  public static final int EQUAL = 1;

  private static final int MOST_MESSAGES = 8;
  private static final int MESSAGE_BYTES = 200;

  /** The answer to a batch of which nothing can be said file by file. */
  public static BatchAck of(int status) {
    return new BatchAck(status, List.of(), List.of());
  }

  /** What a received BATCH cost, to be given back. */
  public static long credit(Frame batch) {
    return BatchBuilder.cost(batch.body().bytes().remaining());
  }

  /** Sends it; messages are cut so that it stays below its limit. */
  public void send(Wire wire, long transfer, long credit) throws IOException {
    FieldsBuilder fields =
        new FieldsBuilder().number(Tag.STATUS, status).number(Tag.CREDIT, credit);
    if (!statuses.isEmpty()) {
      byte[] bytes = new byte[statuses.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = statuses.get(i).byteValue();
      }
      fields.bytes(Tag.STATUSES, bytes);
    }
    for (String message : messages.subList(0, Math.min(MOST_MESSAGES, messages.size()))) {
      fields.text(Tag.MESSAGE, cut(message));
    }
    wire.send(FrameType.BATCH_ACK, transfer, fields);
  }

  private static String cut(String message) {
    int end = Math.min(message.length(), MESSAGE_BYTES);
    while (end > 0 && message.substring(0, end).getBytes(UTF_8).length > MESSAGE_BYTES) {
      end--;
    }
    boolean splitsCharacter = end > 0 && Character.isHighSurrogate(message.charAt(end - 1));
    return message.substring(0, splitsCharacter ? end - 1 : end);
  }

  /**
   * Reads one.
   *
   * @param files how many the batch had
   * @throws WireException if it does not fit that
   */
  public static BatchAck read(Frame frame, int files) throws WireException {
    if (frame.payload().remaining() > Limits.BATCH_ACK_BYTES) {
      throw WireException.violation("a BATCH_ACK of " + frame.payload().remaining() + " bytes");
    }
    Fields fields = frame.fields();
    int status = (int) fields.number(Tag.STATUS, OK, ENDED);
    List<Integer> statuses = new ArrayList<>();
    if (fields.has(Tag.STATUSES)) {
      for (byte each : fields.bytes(Tag.STATUSES)) {
        statuses.add(each & 0xff);
      }
    }
    if (statuses.size() != (status == OK ? files : 0)) {
      throw WireException.violation(
          "a BATCH_ACK has %d statuses for %d files".formatted(statuses.size(), files));
    }
    return new BatchAck(status, statuses, fields.texts(Tag.MESSAGE));
  }
}
