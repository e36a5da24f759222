package io.waybill.mail.template;

import io.waybill.mail.MailException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Holds the text of one template.
 *
 * @param name what errors call it
 * @param text without a byte order mark
 */
record TemplateSource(String name, String text) {
  static final int MAX_BYTES = 1 << 20;

  /** Reads a file of at most 1 MiB of UTF-8; {@code name} is what errors call it. */
  static TemplateSource read(Path file, String name) {
    byte[] bytes;
    try {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString(), null, "no such file");
      }
      // a pipe or a device may never end
      if (!Files.isRegularFile(file)) {
        throw new MailException.InvalidMessage("template " + name, -1, "is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
    } catch (IOException e) {
      throw new MailException.ContentUnavailable("template " + name, e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new MailException.InvalidMessage(
          "template " + name, -1, "is larger than " + MAX_BYTES + " bytes");
    }
    return new TemplateSource(name, decode(bytes, name));
  }

  /** Takes a text that came from elsewhere, of at most 1,048,576 characters. */
  static TemplateSource of(String name, String text) {
    if (text.length() > MAX_BYTES) {
      throw new MailException.InvalidMessage(
          "template " + name, -1, "is longer than " + MAX_BYTES + " characters");
    }
    return new TemplateSource(name, text);
  }

  /** Returns what errors call a line of it; the first is 1. */
  String line(int line) {
    return "template " + name + " line " + line;
  }

  private static String decode(byte[] bytes, String name) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    out.flip();
    if (result.isError()) {
      long line = 1 + out.chars().filter(c -> c == '\n').count();
      throw new MailException.InvalidMessage(
          "template " + name + " line " + line, -1, "is not UTF-8: save the file in that encoding");
    }
    String text = out.toString();
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }
}
