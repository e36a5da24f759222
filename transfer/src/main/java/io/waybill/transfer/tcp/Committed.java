package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the receiving end says when the file is under its name.
 *
 * @param digests what it compared
 * @param level the level of proof reached
 * @param wasThere whether an equal target was there and nothing was written
 */
record Committed(List<Digest> digests, Verification level, boolean wasThere) {

  void send(Wire wire, long transfer) throws IOException {
    wire.send(
        FrameType.COMMITTED,
        transfer,
        new FieldsBuilder()
            .texts(Tag.DIGEST, digests.stream().map(Digest::toString).toList())
            .number(Tag.LEVEL, Offer.levelCode(level))
            .number(Tag.STATUS, wasThere ? 1 : 0));
  }

  static Committed read(Frame frame) throws WireException {
    Fields fields = frame.fields();
    List<Digest> digests = new ArrayList<>();
    for (String text : fields.texts(Tag.DIGEST)) {
      digests.add(ChunkReceiver.digest(text));
    }
    return new Committed(
        List.copyOf(digests),
        Offer.level(fields.number(Tag.LEVEL)),
        fields.number(Tag.STATUS, 0, 1) == 1);
  }
}
