package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One control connection of a {@link ScriptedFtpServer}, as its answers see it. */
public final class FtpExchange implements Closeable {
  private final ScriptedFtpServer server;
  private final int number;
  private final FtpManners manners = new FtpManners(this);
  private Socket control;
  private BufferedReader in;
  private @Nullable ServerSocket passive;
  private String verb = "";
  private String argument = "";
  private boolean protectsData;
  private boolean isOver;

  FtpExchange(ScriptedFtpServer server, Socket control, int number) throws IOException {
    this.server = server;
    this.control = control;
    this.number = number;
    control.setTcpNoDelay(true); // a second reply is not held back until the first is acknowledged
    this.in = new BufferedReader(new InputStreamReader(control.getInputStream(), UTF_8));
  }

  void converse() throws IOException {
    answer(ScriptedFtpServer.GREETING, "");
    for (String line = next(); line != null; line = next()) {
      server.note(line);
      int blank = line.indexOf(' ');
      String name = blank < 0 ? line : line.substring(0, blank);
      answer(name.toUpperCase(Locale.ROOT), blank < 0 ? "" : line.substring(blank + 1));
    }
  }

  private @Nullable String next() throws IOException {
    if (isOver) {
      return null;
    }
    String line = in.readLine();
    while (server.losesEarly() && in.ready()) {
      in.readLine();
    }
    return line;
  }

  private void answer(String name, String text) throws IOException {
    verb = name;
    argument = text;
    ScriptedFtpServer.Answer answer = server.answer(name);
    if (answer == null) {
      ordinarily();
    } else {
      answer.to(this, text);
    }
  }

  /** Does what the server does when it is not told otherwise. */
  public void ordinarily() throws IOException {
    manners.answer(verb, argument);
  }

  /** Sends lines, each ended with CRLF. */
  public void reply(String... lines) throws IOException {
    raw(ScriptedFtpServer.bytes(String.join("\r\n", lines) + "\r\n"));
  }

  /** Sends bytes as they are. */
  public void raw(byte[] bytes) throws IOException {
    OutputStream out = control.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  /** Says nothing more and closes the control connection. */
  public void hangUp() throws IOException {
    isOver = true;
    control.close();
  }

  /** Accepts the data connection that the client has opened; over TLS after PROT P. */
  public Socket data() throws IOException {
    return protectedAsAsked(plainData());
  }

  private Socket protectedAsAsked(Socket plain) throws IOException {
    SSLContext context = server.tls();
    if (!protectsData || context == null) {
      return plain;
    }
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    return secured;
  }

  /** Accepts the data connection and does nothing about TLS. */
  public Socket plainData() throws IOException {
    ServerSocket listener = passive;
    if (listener == null) {
      throw new IOException("the client opened no data connection");
    }
    return server.remember(listener.accept());
  }

  /** Sends bytes over a data connection, with the replies around them. */
  public void send(byte[] bytes) throws IOException {
    reply("150 here it comes");
    try (Socket data = data()) {
      data.getOutputStream().write(bytes);
    }
    reply("226 done");
  }

  /** Sends bytes as {@link #send} does, but ends the connection without an end of TLS. */
  public void sendAbruptly(byte[] bytes) throws IOException {
    reply("150 here it comes");
    Socket plain = plainData();
    Socket data = protectedAsAsked(plain);
    data.getOutputStream().write(bytes);
    plain.shutdownOutput();
    reply("226 done");
  }

  /** Receives what comes over a data connection, and says nothing about it. */
  public byte[] receive() throws IOException {
    try (Socket data = data()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      data.getInputStream().transferTo(all);
      return all.toByteArray();
    }
  }

  /** Returns which control connection this is, from 1. */
  public int number() {
    return number;
  }

  /** Says whether the client has sent more, without waiting for this command's reply. */
  public boolean hasMore() throws IOException {
    return in.ready();
  }

  /** Returns the server's files, live. */
  public Map<String, byte[]> files() {
    return server.files();
  }

  /** Returns the version of TLS on the control connection, or nothing. */
  public String tlsVersion() {
    return control instanceof SSLSocket secured ? secured.getSession().getProtocol() : "";
  }

  ScriptedFtpServer server() {
    return server;
  }

  void protectData() {
    protectsData = true;
  }

  void secure(SSLContext context) throws IOException {
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(control, null, control.getPort(), true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    control = secured;
    in = new BufferedReader(new InputStreamReader(secured.getInputStream(), UTF_8));
  }

  /** Opens a port for the next data connection, and returns it. */
  public int listen() throws IOException {
    close();
    ServerSocket fresh = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    fresh.setSoTimeout(10_000);
    passive = fresh;
    return fresh.getLocalPort();
  }

  static byte[] joined(byte[] kept, int length, byte[] more) {
    byte[] all = Arrays.copyOf(kept, length + more.length);
    System.arraycopy(more, 0, all, length, more.length);
    return all;
  }

  @Override
  public void close() throws IOException {
    if (passive != null) {
      passive.close();
    }
  }
}
