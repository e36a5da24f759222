package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.FileEntry;
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
import java.util.OptionalInt;

/** Listings as they travel: in pages, so that neither end needs a frame for the whole. */
public final class Entries {
  /** Leaves room for the largest entry: a path of 4096 bytes and what goes with it. */
  private static final int PAGE_BYTES = Limits.CONTROL_BYTES - 4200;

  private final Wire wire;
  private final long transfer;
  private final Turn turn;
  private FieldsBuilder page = new FieldsBuilder();

  /** Waits until the other end wants another page. */
  @FunctionalInterface
  public interface Turn {
    void await() throws IOException;
  }

  public Entries(Wire wire, long transfer, Turn turn) {
    this.wire = wire;
    this.transfer = transfer;
    this.turn = turn;
  }

  /** Adds an entry; sends the page when it is full. */
  public void add(FileEntry entry) throws IOException {
    page.nested(Tag.ENTRY, fields(entry));
    if (page.length() > PAGE_BYTES) {
      turn.await();
      wire.send(FrameType.ENTRIES, FrameType.MORE, transfer, page);
      page = new FieldsBuilder();
    }
  }

  static FieldsBuilder fields(FileEntry entry) throws WireException {
    FieldsBuilder fields =
        new FieldsBuilder()
            .text(Tag.PATH, entry.path())
            .number(
                Tag.KIND,
                switch (entry.kind()) {
                  case FILE -> 0;
                  case DIRECTORY -> 1;
                  case OTHER -> 2;
                  case LINK -> 3;
                });
    if (entry.sizeBytes() != FileEntry.UNKNOWN_SIZE) {
      fields.number(Tag.SIZE, entry.sizeBytes());
    }
    if (entry.modified().isPresent()) {
      fields.bytes(Tag.MODIFIED, Offer.encode(entry.modified().get()));
    }
    if (entry.mode().isPresent()) {
      fields.number(Tag.MODE, entry.mode().getAsInt());
    }
    return fields;
  }

  /** Sends the last page. */
  public void end() throws IOException {
    turn.await();
    wire.send(FrameType.ENTRIES, transfer, page);
  }

  /** Reads one page. */
  public static List<FileEntry> read(Frame frame) throws WireException {
    List<FileEntry> entries = new ArrayList<>();
    for (Fields fields : frame.fields().nested(Tag.ENTRY)) {
      entries.add(entry(fields));
    }
    return entries;
  }

  private static FileEntry entry(Fields fields) throws WireException {
    FileEntry.Kind kind =
        switch ((int) fields.number(Tag.KIND, 0, Integer.MAX_VALUE)) {
          case 0 -> FileEntry.Kind.FILE;
          case 1 -> FileEntry.Kind.DIRECTORY;
          case 3 -> FileEntry.Kind.LINK;
          default -> FileEntry.Kind.OTHER;
        };
    long size = fields.optionalNumber(Tag.SIZE).orElse(FileEntry.UNKNOWN_SIZE);
    if (size < FileEntry.UNKNOWN_SIZE) {
      throw WireException.violation("an entry has " + size + " bytes");
    }
    OptionalInt mode =
        fields.has(Tag.MODE)
            ? OptionalInt.of((int) fields.number(Tag.MODE, 0, 0777))
            : OptionalInt.empty();
    return new FileEntry(fields.text(Tag.PATH), kind, size, Offer.modified(fields), mode);
  }
}
