package io.waybill.mail.smtp;

import io.waybill.mail.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads replies (RFC 5321 4.2) from a peer that may say anything: lines and their number are
 * bounded, codes are checked, and bytes that are not printable ASCII become question marks.
 */
final class ReplyReader {
  private static final int MAX_LINE = 12_288;
  private static final int MAX_LINES = 256;
  private static final int MAX_KEPT = 2000;

  private final InputStream in;
  private final byte[] buffer = new byte[8192];
  private final StringBuilder line = new StringBuilder(128);
  private int position;
  private int limit;
  private List<String> texts = List.of();

  ReplyReader(InputStream in) {
    this.in = in;
  }

  /** Whether the peer has said more than was read. */
  boolean hasMore() throws IOException {
    return position < limit || in.available() > 0;
  }

  /** Returns the texts of the latest reply, line by line, without the code. */
  List<String> texts() {
    return texts;
  }

  Reply read() throws IOException {
    int code = nextLine();
    if (line.length() <= 3 || line.charAt(3) != '-') {
      texts = List.of(text());
      return new Reply(code, cut(texts.get(0)));
    }
    List<String> lines = new ArrayList<>();
    lines.add(text());
    while (true) {
      if (lines.size() == MAX_LINES) {
        throw new IOException("the server's answer has more than " + MAX_LINES + " lines");
      }
      if (nextLine() != code) {
        throw new IOException("the reply code changed within one answer");
      }
      lines.add(text());
      if (line.length() <= 3 || line.charAt(3) != '-') {
        texts = List.copyOf(lines);
        return new Reply(code, cut(joined(code, lines)));
      }
    }
  }

  /**
   * Joins the lines by a blank; the enhanced status that a server puts at the head of each (RFC
   * 2034 3) is kept once.
   */
  private static String joined(int code, List<String> lines) {
    String status = new Reply(code, lines.get(0)).enhanced().map(s -> s + " ").orElse("");
    StringBuilder all = new StringBuilder(lines.get(0));
    for (String next : lines.subList(1, lines.size())) {
      String text =
          !status.isEmpty() && next.startsWith(status) ? next.substring(status.length()) : next;
      all.append(' ').append(text);
    }
    return all.toString();
  }

  /** Each of ten thousand recipients may have an answer of its own. */
  private static String cut(String text) {
    return text.length() <= MAX_KEPT ? text : text.substring(0, MAX_KEPT) + "...";
  }

  private String text() {
    return line.length() > 4 ? line.substring(4).strip() : "";
  }

  /** Reads one line and returns its code. */
  private int nextLine() throws IOException {
    readLine();
    int code = 0;
    for (int i = 0; i < 3; i++) {
      char c = i < line.length() ? line.charAt(i) : ' ';
      if (c < '0' || c > '9') {
        throw new IOException("the server's answer does not start with a reply code");
      }
      code = 10 * code + c - '0';
    }
    if (code < 200 || code > 599) {
      throw new IOException("the server answered with the impossible code " + code);
    }
    return code;
  }

  private void readLine() throws IOException {
    line.setLength(0);
    while (true) {
      if (position == limit) {
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        position = 0;
        if (limit == 0) {
          throw new EOFException("the server closed the connection");
        }
      }
      byte b = buffer[position++];
      if (b == '\n') {
        return;
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("the server's answer has a line of more than " + MAX_LINE + " bytes");
      }
      if (b != '\r') {
        line.append(b < ' ' || b > '~' ? '?' : (char) b);
      }
    }
  }
}
