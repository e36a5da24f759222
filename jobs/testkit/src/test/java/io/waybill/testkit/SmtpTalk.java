package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that says what it is told, over a raw socket. */
final class SmtpTalk implements AutoCloseable {
  static final String END = "<end>";

  private final Socket plain;
  private Socket socket;

  private SmtpTalk(Socket socket) {
    this.plain = socket;
    this.socket = socket;
  }

  /** Connects, and hears nothing yet. */
  static SmtpTalk with(ScriptedSmtpServer server) throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    return new SmtpTalk(socket);
  }

  /** Connects, hears the greeting and says EHLO. */
  static SmtpTalk greeted(ScriptedSmtpServer server) throws IOException {
    SmtpTalk talk = with(server);
    talk.reply();
    talk.ask("EHLO me.test");
    return talk;
  }

  /** Is greeted and gets so far that content is wanted. */
  static SmtpTalk atContent(ScriptedSmtpServer server) throws IOException {
    SmtpTalk talk = greeted(server);
    talk.ask("MAIL FROM:<a@x.test>");
    talk.ask("RCPT TO:<b@y.test>");
    talk.ask("DATA");
    return talk;
  }

  void timeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  void startTls(SSLContext context) throws IOException {
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 0, true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    socket = secured; // also when it fails, to be closed
    secured.startHandshake();
  }

  /** Writes lines in one packet. */
  void say(String... lines) throws IOException {
    write((String.join("\r\n", lines) + "\r\n").getBytes(UTF_8));
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  String ask(String line) throws IOException {
    say(line);
    return reply();
  }

  String ask64(String text) throws IOException {
    return ask(base64(text));
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** Returns what a 334 says. */
  static String challenge(String reply) {
    if (!reply.startsWith("334 ")) {
      throw new AssertionError("no challenge: " + reply);
    }
    return new String(Base64.getDecoder().decode(reply.substring(4)), UTF_8);
  }

  /** Reads a reply, its lines joined by LF; or the end. */
  String reply() throws IOException {
    StringBuilder reply = new StringBuilder();
    String line;
    do {
      line = line();
      reply.append(reply.isEmpty() ? "" : "\n").append(line);
    } while (line.length() > 3 && line.charAt(3) == '-');
    return reply.toString();
  }

  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = read(); b != '\n'; b = read()) {
      if (b < 0) {
        return line.size() == 0 ? END : line.toString(UTF_8) + END;
      }
      line.write(b);
    }
    return line.toString(UTF_8).replaceFirst("\r$", "");
  }

  int read() throws IOException {
    return socket.getInputStream().read();
  }

  byte[] read(int count) throws IOException {
    return socket.getInputStream().readNBytes(count);
  }

  int readOutsideTls() throws IOException {
    return plain.getInputStream().read();
  }

  /** Reads what TLS sends as one (RFC 8446 5.1), and understands nothing of it. */
  void readTlsRecord() throws IOException {
    byte[] header = plain.getInputStream().readNBytes(5);
    if (header.length < 5) {
      throw new AssertionError("the connection ended");
    }
    plain.getInputStream().readNBytes((header[3] & 0xff) << 8 | (header[4] & 0xff));
  }

  int available() throws IOException {
    return socket.getInputStream().available();
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }
}
