package io.waybill.mail.net;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Consumer;
import javax.net.SocketFactory;

/**
 * Hands the account's sockets to a library that connects by itself, and shows each plain socket to
 * the caller first, who can then close it from outside.
 */
public final class GuardedSocketFactory extends SocketFactory {
  private final MailAccount account;
  private final Consumer<Socket> created;

  /** {@code created} hears of each socket before it is connected. */
  public GuardedSocketFactory(MailAccount account, Consumer<Socket> created) {
    this.account = account;
    this.created = created;
  }

  @Override
  public Socket createSocket() throws IOException {
    Socket plain = account.socketFactory().createSocket();
    created.accept(plain);
    return account.security() == MailSecurity.IMPLICIT_TLS
        ? new TlsOnConnectSocket(account, plain)
        : plain;
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw connected();
  }

  private static UnsupportedOperationException connected() {
    return new UnsupportedOperationException("only unconnected sockets can be watched");
  }
}
