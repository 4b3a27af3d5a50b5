export class UsersModule {}
