# Where it runs.
# ^ comment Where it runs.
variable "region" {
# ^ def variable var.region
# ^ doc Where it runs.
  type = string
}
locals {
  tags = { a = var.region, "b" = local.x }
# ^ def variable local.tags
#                  ^ read region of var
#                                      ^ read x of local
  y = 3
# ^ def variable local.y
}
module "net" {
# ^ def module module.net
  source = "./modules/net"
# ^ import ./modules/net as module.net
  count  = 2
  cidr   = "${var.cidr}-${data.aws_ami.base.id}"
# ^ read cidr of module.net.var in module.net
#                 ^ read cidr of var in module.net
#                                      ^ read base of data.aws_ami in module.net
}
data "aws_ami" "base" {}
# ^ def struct data.aws_ami.base
resource "aws_s3_bucket" "logs" {
# ^ def struct aws_s3_bucket.logs
  bucket = module.net.name
#                 ^ read net of module in aws_s3_bucket.logs
#                     ^ read name of module.net in aws_s3_bucket.logs
  tags = module.net[0].tags
#               ^ read net of module in aws_s3_bucket.logs
#                      ^ read tags of module.net in aws_s3_bucket.logs
  lifecycle { prevent_destroy = true }
  depends_on = [aws_iam_role.x]
#                            ^ read x of aws_iam_role in aws_s3_bucket.logs
  policy = <<EOF
   { "a": "${aws_kms_key.k.arn}" }
#                        ^ read k of aws_kms_key in aws_s3_bucket.logs
EOF
}
output "id" { value = aws_s3_bucket.logs.id }
# ^ def variable output.id
#                                   ^ read logs of aws_s3_bucket in output.id
