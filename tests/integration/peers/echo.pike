// SPDX-License-Identifier: Apache-2.0
// pike8.0 echo.pike CERTIFICATE KEY: a TLS server on a free port of 127.0.0.1 that sends back what it gets. SSL 3.0 to
// TLS 1.2, the six suites of the module. Prints its port, then a line `connected VERSION SUITE` per handshake (both as
// numbers on the wire) and `failed` for one that did not come to its end.
int main(int argc, array(string) argv) {
  SSL.Context context = SSL.Context();
  context->min_version = SSL.Constants.PROTOCOL_SSL_3_0;
  context->max_version = SSL.Constants.PROTOCOL_TLS_1_2;
  Crypto.Sign.State key =
      Standards.PKCS.RSA.parse_private_key(Standards.PEM.simple_decode(Stdio.read_file(argv[2])));
  // The name "*": also clients that send no server_name get the certificate.
  context->add_cert(key, ({Standards.PEM.simple_decode(Stdio.read_file(argv[1]))}), ({"*"}));
  context->preferred_suites = ({0x003d, 0x0035, 0x002f, 0x000a, 0x0005, 0x0004});
  Stdio.Port port = Stdio.Port(0, 0, "127.0.0.1");
  write("%s\n", (port->query_address() / " ")[1]);
  for (;;) {
    Stdio.File file = port->accept();
    Thread.Thread(serve, file, context);
  }
}

void serve(Stdio.File file, SSL.Context context) {
  mixed problem = catch {
    file->set_blocking();
    SSL.File connection = SSL.File(file, context);
    connection->set_blocking();
    if (!connection->accept()) {
      write("failed\n");
      return;
    }
    write("connected %04x %04x\n", connection->query_version(), connection->query_suite());
    while (string data = connection->read(16384, 1)) {
      if (data == "") break;
      connection->write(data);
    }
    connection->close();
  };
  if (problem) write("failed\n");
}
