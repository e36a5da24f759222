package io.waybill.transfer.ftp;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPReply;
import org.jspecify.annotations.Nullable;

/**
 * The library's client with three guards: no command leaves that would be read as two (commons-net
 * 3.13.0 sends them), replies are bounded, and a data connection that is refused is an exception.
 */
final class ControlClient extends FTPClient {
  private static final int REPLY_CHARS = 64 << 10;
  private @Nullable BoundedReader reader;

  ControlClient() {
    setControlEncoding(StandardCharsets.UTF_8);
    setUseEPSVwithIPv4(true);
    // the address in a PASV reply is often wrong and may be somebody else's
    setIpAddressFromPasvResponse(false);
  }

  @Override
  protected void _connectAction_() throws IOException {
    reader =
        new BoundedReader(new InputStreamReader(_socket_.getInputStream(), StandardCharsets.UTF_8));
    _connectAction_(reader);
  }

  @Override
  public int sendCommand(String verb, @Nullable String argument) throws IOException {
    if (argument != null && !isSafe(argument)) {
      throw new CommandRefusedException(verb);
    }
    renewReplyBudget();
    return super.sendCommand(verb, argument);
  }

  static boolean isSafe(String argument) {
    return argument.indexOf('\r') < 0
        && argument.indexOf('\n') < 0
        && argument.indexOf('\0') < 0
        && StandardCharsets.UTF_8.newEncoder().canEncode(argument);
  }

  private void renewReplyBudget() {
    if (reader != null) {
      reader.left = REPLY_CHARS;
    }
  }

  /** Sends a command whose reply must be 2yz, and returns the reply's lines. */
  List<String> expectCompletion(String verb, @Nullable String argument) throws IOException {
    sendCommand(verb, argument);
    if (!FTPReply.isPositiveCompletion(getReplyCode())) {
      throw failed(verb);
    }
    return lines();
  }

  /** Reads the reply that ends a data transfer. */
  void expectFinalReply(String verb) throws IOException {
    renewReplyBudget();
    if (!FTPReply.isPositiveCompletion(getReply())) {
      throw failed(verb);
    }
  }

  /** Opens a data connection and starts the command on it. */
  Socket openData(String verb, @Nullable String argument, long offset) throws IOException {
    if (offset > 0) {
      setRestartOffset(offset);
    }
    Socket socket;
    try {
      socket = _openDataConnection_(verb, argument);
    } catch (RuntimeException e) {
      // what the library makes of a port such as 99999
      throw new FtpProtocolException("Cannot use the reply '" + getReplyString().strip() + "'", e);
    }
    if (socket == null) {
      throw failed(verb);
    }
    return socket;
  }

  FtpReplyException failed(String verb) {
    return new FtpReplyException(verb, getReplyCode(), getReplyString());
  }

  List<String> lines() {
    return Arrays.asList(getReplyStrings());
  }

  /** Gives up when a reply goes on and on; the library itself would collect it without end. */
  private static final class BoundedReader extends FilterReader {
    private int left = REPLY_CHARS;

    BoundedReader(Reader in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      char[] one = new char[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        throw new FtpProtocolException("A reply of more than 64 Ki characters");
      }
      int read = super.read(into, offset, Math.min(length, left));
      left -= Math.max(0, read);
      return read;
    }
  }
}
