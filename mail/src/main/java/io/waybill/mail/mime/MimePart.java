package io.waybill.mail.mime;

import io.waybill.mail.Attachment;
import io.waybill.mail.CalendarPart;
import io.waybill.mail.InlinePart;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one part of a message: the header fields that describe it, an empty line, its content. */
sealed interface MimePart {
  /** Adds its own fields to those given, ends them, and writes the content. */
  void write(HeaderWriter headers, OutputStream out) throws IOException;

  /** Returns whether bytes above 127 are written. */
  default boolean isEightBit() {
    return false;
  }

  /** Text in UTF-8, encoded as it needs; {@code type} may hold further parameters. */
  record Text(String type, String text) implements MimePart {
    static Text plain(String text, boolean flowed) {
      return flowed
          ? new Text("text/plain; format=flowed", FlowedText.wrap(text))
          : new Text("text/plain", text);
    }

    static Text calendar(CalendarPart calendar) {
      return new Text("text/calendar; method=" + calendar.method(), calendar.ics());
    }

    @Override
    public void write(HeaderWriter headers, OutputStream out) throws IOException {
      BodyEncoder body = BodyEncoder.text(text);
      headers.structured("Content-Type", type + ";", "charset=UTF-8");
      headers.structured("Content-Transfer-Encoding", body.encoding());
      out.write(headers.toBytes());
      body.writeTo(out);
    }
  }

  /** A file in base64, read while it is written. */
  record File(Attachment attachment, String disposition, @Nullable String contentId)
      implements MimePart {
    static File attached(Attachment attachment) {
      return new File(attachment, "attachment", null);
    }

    static File shown(InlinePart part) {
      return new File(part.attachment(), "inline", part.contentId());
    }

    @Override
    public void write(HeaderWriter headers, OutputStream out) throws IOException {
      headers.structured("Content-Type", attachment.contentType());
      if (contentId != null) {
        headers.structured("Content-ID", "<" + contentId + ">");
      }
      headers.structured("Content-Disposition", named(disposition, attachment));
      headers.structured("Content-Transfer-Encoding", "base64");
      out.write(headers.toBytes());
      try (InputStream in = attachment.open()) {
        BodyEncoder.writeBase64(in, out);
      }
    }

    static List<String> named(String disposition, Attachment attachment) {
      List<String> words = new ArrayList<>();
      words.add(disposition + ";");
      words.addAll(HeaderWriter.parameter("filename", attachment.name()));
      return words;
    }
  }

  /** A mail as a file. */
  record Mail(Attachment attachment, EmbeddedMail content) implements MimePart {
    @Override
    public void write(HeaderWriter headers, OutputStream out) throws IOException {
      headers.structured("Content-Type", content.contentType());
      headers.structured("Content-Disposition", File.named("attachment", attachment));
      headers.structured("Content-Transfer-Encoding", content.transferEncoding());
      out.write(headers.toBytes());
      content.writeTo(out);
    }

    @Override
    public boolean isEightBit() {
      return content.isEightBit();
    }
  }

  /** Several parts; {@code type} may hold further parameters. */
  record Multipart(String type, String boundary, List<MimePart> parts) implements MimePart {
    @Override
    public void write(HeaderWriter headers, OutputStream out) throws IOException {
      headers.structured("Content-Type", type + ";", "boundary=\"" + boundary + "\"");
      if (isEightBit()) {
        headers.structured("Content-Transfer-Encoding", "8bit"); // RFC 2045 6.4
      }
      out.write(headers.toBytes());
      for (MimePart part : parts) {
        out.write(ascii("\r\n--" + boundary + "\r\n"));
        part.write(new HeaderWriter(), out);
      }
      out.write(ascii("\r\n--" + boundary + "--\r\n"));
    }

    @Override
    public boolean isEightBit() {
      return parts.stream().anyMatch(MimePart::isEightBit);
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
