package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Verification;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What the receiving end says when the file is under its name.
 *
 * @param digests what it compared
 * @param level the level of proof reached
 * @param wasThere whether an equal target was there and nothing was written
 * @param path where it is, if the target's name was taken
 */
public record Committed(
    List<Digest> digests, Verification level, boolean wasThere, Optional<String> path) {

  /** The same under another name. */
  public Committed at(String newPath) {
    return new Committed(digests, level, wasThere, Optional.of(newPath));
  }

  public void send(Wire wire, long transfer) throws IOException {
    FieldsBuilder fields =
        new FieldsBuilder()
            .texts(Tag.DIGEST, digests.stream().map(Digest::toString).toList())
            .number(Tag.LEVEL, Offer.levelCode(level))
            .number(Tag.STATUS, wasThere ? 1 : 0);
    if (path.isPresent()) {
      fields.text(Tag.PATH, path.get());
    }
    wire.send(FrameType.COMMITTED, transfer, fields);
  }

  public static Committed read(Frame frame) throws WireException {
    Fields fields = frame.fields();
    return new Committed(
        Digests.read(fields),
        Offer.level(fields.number(Tag.LEVEL)),
        fields.number(Tag.STATUS, 0, 1) == 1,
        Optional.ofNullable(fields.textOrNull(Tag.PATH)));
  }
}
