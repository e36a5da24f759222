package io.waybill.transfer.sftp;

import io.waybill.transfer.FileEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads one directory to its end. What it cannot read is an error, never a missing file. */
final class Lister {
  private static final int LISTED_ENTRIES = 1_000_000;
  private static final int SHOWN = 100;

  private final SftpClient client;
  private final String directory;
  private final Duration patience;
  private final List<FileEntry> entries = new ArrayList<>();

  Lister(SftpClient client, String directory, Duration patience) {
    this.client = client;
    this.directory = directory;
    this.patience = patience;
  }

  List<FileEntry> list() throws IOException {
    byte[] handle = client.openDirectory(directory);
    client.closing(
        handle,
        patience,
        open -> {
          while (readNext(open)) {
            if (entries.size() > LISTED_ENTRIES) {
              throw new SftpProtocolException(
                  "More than %d entries in %s".formatted(LISTED_ENTRIES, directory));
            }
          }
          return true;
        });
    return entries;
  }

  private boolean readNext(byte[] handle) throws IOException {
    Reply reply = client.ask(new Request(Fxp.READDIR).string(handle));
    try {
      reply.require(Fxp.NAME, "READDIR");
    } catch (SftpStatusException e) {
      if (e.code() == Status.EOF) {
        return false;
      }
      throw e;
    }
    int count = reply.int32();
    if (count <= 0) { // an end without EOF may be no end
      throw new SftpProtocolException("A listing of " + count + " names");
    }
    for (int left = count; left > 0; left--) {
      String name = name(reply.bytes());
      reply.bytes(); // the line of ls: the attributes say the same, for programs
      Attributes attributes = Attributes.read(reply);
      if (!name.equals(".") && !name.equals("..")) {
        entries.add(attributes.entry(name));
      }
    }
    return true;
  }

  private String name(byte[] bytes) throws SftpProtocolException {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      SftpProtocolException failure =
          new SftpProtocolException(
              "A name in %s is not UTF-8: '%s'; rename it there to go on"
                  .formatted(directory, shown(new String(bytes, StandardCharsets.ISO_8859_1))));
      failure.addSuppressed(e);
      throw failure;
    }
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      throw new SftpProtocolException(
          "A name in %s that is none: '%s'".formatted(directory, shown(name)));
    }
    return name;
  }

  private static String shown(String name) {
    String line = name.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
  }
}
