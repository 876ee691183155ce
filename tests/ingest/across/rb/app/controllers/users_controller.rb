class UsersController < ApplicationController
  include Conc
  def show
    @user = User.find1(3) #RB1 User.find1
    @user.full1
    u = User.new
    u.full1 #RB3 User.full1
    conc1 #RB4 Conc.conc1
    User.recent1
    Deep::Klass1.new.inst1 #RB6 Deep.Klass1.inst1
    k = ::Deep::Klass1 #RB7 Deep.Klass1
    toplevel1
    u.posts.first.title1
    User.where(a: 1).each { |x| x.full1 }
  end
end
class Mod::Sub1 < Deep::Klass1 #RB11 Deep.Klass1
end
