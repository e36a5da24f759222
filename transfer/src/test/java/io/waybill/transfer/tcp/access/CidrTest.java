package io.waybill.transfer.tcp.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CidrTest {
  @Test
  void blockHoldsItsAddressesOnly() {
    assertThat(Cidr.parse("10.0.0.0/8").contains(ip("10.255.1.2"))).isTrue();
    assertThat(Cidr.parse("10.0.0.0/8").contains(ip("11.0.0.0"))).isFalse();
    assertThat(Cidr.parse("192.0.2.8/29").contains(ip("192.0.2.15"))).isTrue();
    assertThat(Cidr.parse("192.0.2.8/29").contains(ip("192.0.2.16"))).isFalse();
    assertThat(Cidr.parse("2001:db8::/32").contains(ip("2001:db8:ffff::1"))).isTrue();
    assertThat(Cidr.parse("2001:db8::/32").contains(ip("2001:db9::"))).isFalse();
    assertThat(Cidr.parse("::1").contains(ip("::1"))).isTrue();
    assertThat(Cidr.parse("::1").contains(ip("::2"))).isFalse();
  }

  @Test
  void familiesAreKeptApartUnlessAllIsMeant() {
    assertThat(Cidr.parse("0.0.0.0/0").contains(ip("::1"))).isFalse();
    assertThat(Cidr.parse("::/0").contains(ip("127.0.0.1"))).isFalse();
    assertThat(Cidr.parse("*").contains(ip("::1"))).isTrue();
    assertThat(Cidr.parse("*").contains(ip("127.0.0.1"))).isTrue();
  }

  @Test
  void mappedAddressesCountAsIpv4() {
    assertThat(Cidr.parse("::ffff:10.0.0.0/104")).isEqualTo(Cidr.parse("10.0.0.0/8"));
    assertThat(Cidr.parse("::ffff:a00:1")).isEqualTo(Cidr.parse("10.0.0.1"));
    assertThat(Cidr.parse("10.0.0.0/8").contains(ip("::ffff:10.1.2.3"))).isTrue();
  }

  @Test
  void bitsBeyondThePrefixAreRefusedWithTheRightForm() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse("10.1.2.3/8"))
        .withMessageContaining("10.0.0.0/8")
        .withMessageContaining("10.1.2.3 ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse("2001:db8::1/32"))
        .withMessageContaining("2001:db8:0:0:0:0:0:0/32");
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse("::ffff:10.0.0.1/104"));
  }

  @Test
  void whatIsNoAddressIsRefusedWithoutLookingItUp() {
    for (String text :
        List.of(
            "",
            "localhost",
            "example.org/8",
            "10.0.0",
            "10.0.0.256",
            "010.0.0.1",
            "1.2.3.4.5",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.0/8/8",
            "::/129",
            ":::",
            "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "12345::",
            "fe80::1%eth0",
            "1.2.3.4::",
            "1:2:3:4:5:6:7::8",
            "::1.2.3",
            ":1::",
            "\u0661.2.3.4",
            "**",
            "0x7f.0.0.1")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Cidr.parse(text));
    }
  }

  @Test
  void textOfABlockReadsBack() {
    for (String text : List.of("*", "10.0.0.0/8", "192.0.2.7", "0:0:0:0:0:0:0:1", "0.0.0.0/0")) {
      assertThat(Cidr.parse(text)).hasToString(text);
    }
  }

  @Test
  void listHoldsWhatOneOfItsBlocksHolds() {
    CidrList list = CidrList.parse("10.0.0.0/8, ::1\n192.0.2.7");
    assertThat(list.blocks()).hasSize(3);
    assertThat(list.contains(ip("192.0.2.7"))).isTrue();
    assertThat(list.contains(ip("192.0.2.8"))).isFalse();
    assertThat(CidrList.parse(" ").contains(ip("127.0.0.1"))).isFalse();
  }

  private static InetAddress ip(String literal) {
    try {
      return InetAddress.getAllByName(literal)[0];
    } catch (UnknownHostException e) {
      throw new AssertionError(literal, e);
    }
  }
}
